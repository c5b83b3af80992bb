//! Runs the binary with settings of its own, in directories of its own.

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use aither_client::testing::InMemoryHemera;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// No run of a test takes so long, unless it hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// The command with a home, a working directory and settings of its own. Nothing of the environment of the tests reaches it.
pub(crate) struct Aither {
    home: TempDir,
    settings: Vec<(String, String)>,
}

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) notes: String,
}

impl Aither {
    /// Without any setting.
    pub(crate) fn bare() -> Self {
        let home = TempDir::new().unwrap();
        std::fs::create_dir(home.path().join("work")).unwrap();
        Self {
            home,
            settings: Vec::new(),
        }
    }

    /// With a service key of this Hemera.
    pub(crate) fn at(hemera: &InMemoryHemera) -> Self {
        Self::bare()
            .with("HEMERA_API_BASE_URL", hemera.base_url().to_string())
            .with("AITHER_AUTH", "service-key")
            .with("HEMERA_API_KEY", hemera.service_key())
    }

    /// With another setting, or another value of one; an empty value removes it.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.into()));
        self
    }

    /// The working directory of the command.
    pub(crate) fn directory(&self) -> PathBuf {
        self.home.path().join("work")
    }

    /// The home directory of the command.
    pub(crate) fn home(&self) -> PathBuf {
        self.home.path().to_owned()
    }

    /// Writes a file into the working directory.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.directory().join(name), content).unwrap();
    }

    /// The process to be started, with its streams piped.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aither"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .envs(
                self.settings
                    .iter()
                    .filter(|(_, value)| !value.is_empty())
                    .cloned(),
            )
            .current_dir(self.directory())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    /// Runs the command to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.start(arguments)).await
    }

    /// Runs the command with this text on its standard input.
    pub(crate) async fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ended {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that refuses its arguments does not read.
        let _ = stdin.write_all(input).await;
        drop(stdin);
        ended(child).await
    }

    /// Runs the command with `--json`, and returns its result.
    pub(crate) async fn json(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--json"]].concat();
        self.run(&arguments).await.succeeded().json()
    }
}

/// Waits for the end of a process.
pub(crate) async fn ended(child: Child) -> Ended {
    let output = timeout(PATIENCE, child.wait_with_output()).await;
    let Output {
        status,
        stdout,
        stderr,
    } = output.unwrap_or_else(|_| panic!("the command hangs")).unwrap();
    Ended {
        code: status.code(),
        output: String::from_utf8(stdout).unwrap(),
        notes: String::from_utf8(stderr).unwrap(),
    }
}

/// Sends a signal to a process that runs.
pub(crate) fn signal(child: &Child, signal: Signal) {
    let id = i32::try_from(child.id().unwrap()).unwrap();
    kill(Pid::from_raw(id), signal).unwrap();
}

impl Ended {
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// Asserts the exit code of a failure, and that it is one line on standard error and nothing else.
    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.output, "", "{self:?}");
        let line = self.notes.strip_suffix('\n').unwrap();
        assert!(!line.contains('\n'), "more than one line: {line}");
        line.strip_prefix("error: ").unwrap().to_owned()
    }

    /// The result, which is one line.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.output.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.output).unwrap()
    }
}
