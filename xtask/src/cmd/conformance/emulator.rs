//! A running emulator, for as long as a check needs it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::Scene;
use crate::guard::Guard;
use crate::workspace::{Workspace, root};

/// The kind of instance that it plays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Development,
    Production,
}

/// The process, and what it said of itself.
#[derive(Debug)]
pub(super) struct Emulator {
    child: Child,
    ready: String,
}

impl Emulator {
    /// Starts one on a free port and waits until it says that it is ready.
    pub(super) fn start(scene: &Scene<'_>, kind: Kind) -> Result<Self> {
        Self::record(scene.guard, scene.workspace, &scene.record, kind)
    }

    /// The same for other checks, with a record of its own.
    pub(super) fn record(guard: &Guard, workspace: &Workspace, record: &Path, kind: Kind) -> Result<Self> {
        let mut command = Command::new(workspace.binary("clerk-emulator"));
        command
            .current_dir(root())
            .args(["--listen", "127.0.0.1:0", "--json", "--record"])
            .arg(record)
            .args((kind == Kind::Production).then_some("--production"))
            .stdout(Stdio::piped());
        let mut child = guard.spawn(&mut command, Signal::SIGTERM)?;
        let mut ready = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut ready)
                .context("the emulator's first line cannot be read")?;
        }
        if ready.is_empty() {
            let status = guard.wait(&mut child)?;
            bail!("the emulator ended ({status}) before it was ready: its last lines above say why");
        }
        Ok(Self {
            child,
            ready: ready.trim_end().to_owned(),
        })
    }

    /// Addresses and keys, as a line of JSON.
    pub(super) fn ready(&self) -> &str {
        &self.ready
    }

    pub(super) fn stop(mut self, guard: &Guard) -> Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).context("a process id is out of range")?);
        // This fails only if it has ended already.
        let _ = kill(pid, Signal::SIGTERM);
        guard.wait(&mut self.child)?;
        Ok(())
    }
}
