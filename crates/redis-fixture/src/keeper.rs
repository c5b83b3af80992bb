//! The shell that stands over a `redis-server` and ends it when we are gone.

use std::fs::Permissions;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use crate::Error;
use crate::endpoint::Endpoint;

const SCRIPT: &str = include_str!("keeper.sh");

/// How long the server may take to be ready; milliseconds on an idle machine.
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the keeper may take to pass on a signal.
const SIGNAL_TIMEOUT: Duration = Duration::from_secs(10);

/// A running server under its keeper. Dropping it ends both.
pub(crate) struct Keeper {
    shell: Child,
    commands: Option<ChildStdin>,
    lines: Receiver<Line>,
}

/// What comes from the shell and the server.
enum Line {
    Text(String),
    /// The server has ended.
    End,
}

impl Keeper {
    /// Starts the server and waits until it is ready.
    pub(crate) fn start(program: &Path, endpoint: &Endpoint) -> Result<Self, Error> {
        let folder = tempfile::Builder::new()
            .prefix("hemera-redis-")
            .tempdir()
            .map_err(Error::io("making a temporary folder"))?;
        let file = folder.path().join("redis.conf");
        std::fs::write(&file, endpoint.configuration()).map_err(Error::io("writing redis.conf"))?;
        std::fs::set_permissions(&file, Permissions::from_mode(0o600))
            .map_err(Error::io("hiding redis.conf from others"))?;
        let mut shell = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "redis-keeper"])
            .arg(folder.path())
            .arg(program)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A Ctrl-C in the terminal is for the tests; the pipe shows the keeper that they have ended.
            .process_group(0)
            .spawn()
            .map_err(Error::io("starting /bin/sh"))?;
        // From here on the keeper removes it.
        let _ = folder.keep();
        let (sender, lines) = mpsc::channel();
        if let Some(keeper) = shell.stderr.take() {
            read(keeper, sender.clone(), None);
        }
        if let Some(server) = shell.stdout.take() {
            read(server, sender, Some(Line::End));
        }
        let keeper = Self {
            commands: shell.stdin.take(),
            shell,
            lines,
        };
        keeper.await_line("Ready to accept connections", START_TIMEOUT)?;
        Ok(keeper)
    }

    /// Has the keeper send this signal to the server.
    pub(crate) fn signal(&mut self, signal: &str) -> Result<(), Error> {
        let commands = self.commands.as_mut().ok_or(Error::Stopped)?;
        writeln!(commands, "{signal}").map_err(Error::io("sending a command to the keeper"))?;
        self.await_line(&format!("keeper: {signal}"), SIGNAL_TIMEOUT)
    }

    fn await_line(&self, wanted: &str, timeout: Duration) -> Result<(), Error> {
        let mut said = Vec::new();
        while let Ok(Line::Text(line)) = self.lines.recv_timeout(timeout) {
            if line.contains(wanted) {
                return Ok(());
            }
            said.push(line);
        }
        Err(Error::NotReady {
            said: said.join("\n"),
        })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.commands.take());
        // When the shell has ended, the server and its folder are gone.
        let _ = self.shell.wait();
    }
}

/// Reads until the end, also when no receiver is left: a full pipe would stop the writer.
fn read(output: impl Read + Send + 'static, sender: Sender<Line>, end: Option<Line>) {
    thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            let Ok(line) = line else { break };
            let _ = sender.send(Line::Text(line));
        }
        if let Some(end) = end {
            let _ = sender.send(end);
        }
    });
}
