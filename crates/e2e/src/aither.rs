//! A person, or a script, with the command `aither` and the settings of the service user.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;
use url::Url;

use crate::accounts::SERVICE;
use crate::child::Child;
use crate::failure::{Failure, holds};
use crate::stack::Stack;

/// Runs the command, each time as a process of its own. The folder with its state and files is removed at the end.
#[derive(Debug)]
pub(crate) struct Aither<'a> {
    program: &'a Path,
    environment: Vec<(String, String)>,
    folder: TempDir,
}

impl<'a> Aither<'a> {
    /// With the settings that an operator gives Aither at this stack.
    pub(crate) fn at(stack: &Stack, program: &'a Path) -> anyhow::Result<Self> {
        let origin = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
        let settings = [
            ("HEMERA_API_BASE_URL", origin(&stack.hemera_url)),
            ("CLERK_SECRET_KEY", stack.instance.secret_key().to_owned()),
            ("CLERK_API_URL", origin(&stack.clerk_url)),
            ("CLERK_ISSUER", origin(&stack.clerk_url)),
            ("CLERK_SERVICE_USER_EMAIL", SERVICE.to_owned()),
        ];
        Self::with(program, &settings)
    }

    /// With a service key, at the Hemera of this address.
    pub(crate) fn with_key(hemera: &str, key: &str, program: &'a Path) -> anyhow::Result<Self> {
        let settings = [
            ("HEMERA_API_BASE_URL", hemera.to_owned()),
            ("AITHER_AUTH", "service-key".to_owned()),
            ("HEMERA_API_KEY", key.to_owned()),
        ];
        Self::with(program, &settings)
    }

    /// With these settings and no others.
    pub(crate) fn with(program: &'a Path, settings: &[(&str, String)]) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let state = folder.path().join("state");
        let state = state.to_str().context("the folder's path is no text")?.to_owned();
        let settings = settings.iter().cloned().chain([("AITHER_STATE_DIR", state)]);
        Ok(Self {
            program,
            environment: settings.map(|(name, value)| (name.to_owned(), value)).collect(),
            folder,
        })
    }

    /// A path in the folder of this person.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder that no other user can read.
    pub(crate) fn file(&self, name: &str, content: &str) -> anyhow::Result<PathBuf> {
        let path = self.path(name);
        fs::write(&path, content)?;
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        Ok(path)
    }

    /// Runs a command that must succeed, and reads the JSON that it prints.
    pub(crate) async fn json(&self, arguments: &[&str]) -> Result<Value, Failure> {
        let arguments = [&["--json"], arguments].concat();
        let printed = self.ends(&arguments, 0).await?;
        let json = serde_json::from_str(&printed);
        Ok(json.with_context(|| format!("`aither {}` printed no JSON: {printed}", arguments.join(" ")))?)
    }

    /// Runs a command that must end with this exit code, and returns what it printed: on standard output if it is 0, else on
    /// standard error.
    pub(crate) async fn ends(&self, arguments: &[&str], expected: i32) -> Result<String, Failure> {
        let output = self.command(arguments).output().await;
        let output = output.context("aither cannot be started")?;
        let [printed, complaint] = [&output.stdout, &output.stderr].map(|bytes| text(bytes));
        if output.status.code() == Some(expected) {
            return Ok(if expected == 0 { printed } else { complaint });
        }
        Err(Failure::new(
            format!(
                "`aither {}` to end with exit code {expected}",
                arguments.join(" ")
            ),
            format!("{}: {complaint}{printed}", output.status),
        ))
    }

    /// Starts a command that the caller ends.
    pub(crate) fn start(&self, arguments: &[&str]) -> anyhow::Result<tokio::process::Child> {
        let started = self.command(arguments).spawn();
        started.context("aither cannot be started")
    }

    /// Starts a command that says where it listens.
    pub(crate) async fn listening(&self, arguments: &[&str]) -> anyhow::Result<(Child, Url)> {
        Child::start(self.program, arguments, &self.environment).await
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.program);
        command
            .args(arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }
}

/// Kills a command with SIGKILL.
///
/// # Errors
/// It had ended before by itself.
pub(crate) async fn kill(mut command: tokio::process::Child) -> Result<(), Failure> {
    command.start_kill().map_err(anyhow::Error::from)?;
    let status = command.wait().await.map_err(anyhow::Error::from)?;
    holds("a command that is killed", status.signal() == Some(9), status)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
