//! The drills of `hemera-api drill`, against a stack whose bounds are a second or so.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::failure::Failure;
use crate::stack::{Instance, Programs, Stack};

/// Every drill, in the order in which they are run.
pub(crate) const NAMES: [&str; 5] = [
    "leaked-token",
    "leaked-secret",
    "clerk-down",
    "key-rotation",
    "rollback-to-key",
];

/// The longest that one drill may take.
const PATIENCE: Duration = Duration::from_mins(1);

const CLERK_KEY: &str = "CLERK_SECRET_KEY_FILE";
const SERVICE_KEYS: &str = "HEMERA_SERVICE_KEYS_FILE";

const OFTEN: &str = "1000000";

/// The settings of the server, and so of the drills: each bound of theirs is short enough to be waited for.
const SHORT: [(&str, &str); 13] = [
    ("HEMERA_ROLES__MAX_AGE", "1s"),
    ("HEMERA_ROLES__GRACE", "1s"),
    ("HEMERA_ROLES__COOL_DOWN", "100ms"),
    ("HEMERA_CLERK__TIMEOUT", "1s"),
    ("HEMERA_TOKENS__KEYS_MAX_AGE", "1s"),
    ("HEMERA_TOKENS__KEYS_COOL_DOWN", "100ms"),
    ("HEMERA_TOKENS__KEYS_WINDOW", "200ms"),
    ("HEMERA_TOKENS__LEEWAY", "0s"),
    ("HEMERA_SECRETS__INTERVAL", "1s"),
    ("HEMERA_LIMITS__API_CLIENT_RATE", OFTEN),
    ("HEMERA_LIMITS__API_CLIENT_BURST", OFTEN),
    ("HEMERA_LIMITS__FAILED_AUTH_RATE", OFTEN),
    ("HEMERA_LIMITS__FAILED_AUTH_BURST", OFTEN),
];

/// A stack for drills.
pub(crate) struct Drills<'a> {
    programs: &'a Programs,
    pub(crate) stack: Stack,
    /// The files of secrets that the server reads again while it runs.
    folder: TempDir,
}

/// How a drill ended, and what it printed.
#[derive(Debug)]
pub(crate) struct Ran {
    /// None where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) printed: String,
    pub(crate) said: String,
}

impl<'a> Drills<'a> {
    pub(crate) async fn start(programs: &'a Programs) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("no folder for the files of secrets")?;
        let mut settings = SHORT.map(|(name, value)| (name, value.to_owned())).to_vec();
        for (name, content) in [
            (CLERK_KEY, Instance::Production.secret_key()),
            (SERVICE_KEYS, "# none\n"),
        ] {
            let path = folder.path().join(name.to_lowercase());
            fs::write(&path, content)?;
            settings.push((name, path.display().to_string()));
        }
        // It is in its file.
        settings.push(("CLERK_SECRET_KEY", String::new()));
        let stack = Stack::start(programs, Instance::Production, &settings).await?;
        Ok(Self {
            programs,
            stack,
            folder,
        })
    }

    /// The names and contents of the files of secrets.
    pub(crate) fn files(&self) -> anyhow::Result<Vec<(String, String)>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.folder.path())? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            files.push((name, fs::read_to_string(entry.path())?));
        }
        files.sort();
        Ok(files)
    }

    /// Runs a drill with the server's settings, and these others in their place.
    pub(crate) async fn run(
        &self,
        name: &str,
        arguments: &[&str],
        others: &[(&str, &str)],
    ) -> anyhow::Result<Ran> {
        let output = self.command(name, arguments, others).output();
        let output = tokio::time::timeout(PATIENCE, output).await;
        let output =
            output.with_context(|| format!("the drill {name} did not end within {PATIENCE:?}"))??;
        Ok(Ran {
            code: output.status.code(),
            printed: String::from_utf8_lossy(&output.stdout).into_owned(),
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// The same, and Ctrl-C as soon as it prints a line with this in it.
    pub(crate) async fn interrupted(&self, name: &str, at: &str) -> anyhow::Result<Ran> {
        let mut child = self.command(name, &[], &[]).spawn()?;
        let id = child.id().context("the drill has ended already")?;
        let output = child.stdout.take().context("the drill has no output")?;
        let mut lines = BufReader::new(output).lines();
        let mut printed = String::new();
        let mut is_sent = false;
        while let Some(line) = lines.next_line().await? {
            if !is_sent && line.contains(at) {
                kill(Pid::from_raw(i32::try_from(id)?), Signal::SIGINT)?;
                is_sent = true;
            }
            printed.push_str(&line);
            printed.push('\n');
        }
        anyhow::ensure!(is_sent, "the drill {name} printed no line with {at:?}: {printed}");
        let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await??;
        Ok(Ran {
            code: output.status.code(),
            printed,
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    fn command(&self, name: &str, arguments: &[&str], others: &[(&str, &str)]) -> Command {
        let mut command = Command::new(&self.programs.hemera_api);
        command
            .args(["drill", name, "--server", self.stack.hemera_url.as_str()])
            .args(arguments)
            .env_clear()
            .envs(self.stack.environment().iter().map(|(name, value)| (name, value)))
            .env("DATABASE_URL", self.stack.database.auditor_url().as_str())
            .envs(others.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }
}

impl Ran {
    /// Fails unless it ended with this code.
    pub(crate) fn ended_with(self, expected: i32) -> Result<Self, Failure> {
        if self.code == Some(expected) {
            return Ok(self);
        }
        Err(Failure::new(
            format!("the drill to end with exit code {expected}"),
            format!("{:?}: {}{}", self.code, self.printed, self.said),
        ))
    }

    /// What it printed, as JSON.
    pub(crate) fn json(&self) -> Result<Value, Failure> {
        serde_json::from_str(&self.printed)
            .map_err(|error| Failure::new("one JSON document", format!("{error}: {}", self.printed)))
    }
}
