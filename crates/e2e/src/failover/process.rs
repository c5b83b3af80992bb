//! A program that is not ours as a process of its own: etcd, Patroni, HAProxy.

use std::fmt::Write as _;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::chaos::owner::Owner;

/// A folder that the programs may write to, and the user that they run as.
#[derive(Debug)]
pub(crate) struct Workshop {
    folder: TempDir,
    owner: Option<Owner>,
}

impl Workshop {
    /// An empty one.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let owner = Owner::choose()?;
        let folder = tempfile::Builder::new().prefix("hemera-failover-").tempdir()?;
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700))?;
        let workshop = Self { folder, owner };
        workshop.hand_over(workshop.path())?;
        Ok(workshop)
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a copy of a committed file into the folder: the user of the programs may not be able to read the workspace.
    pub(crate) fn copy(&self, file: &Path) -> anyhow::Result<PathBuf> {
        let name = file
            .file_name()
            .with_context(|| format!("{} is no file", file.display()))?;
        let copy = self.path().join(name);
        std::fs::copy(file, &copy).with_context(|| format!("{} cannot be read", file.display()))?;
        self.hand_over(&copy)?;
        Ok(copy)
    }

    fn hand_over(&self, file: &Path) -> anyhow::Result<()> {
        if let Some(owner) = self.owner {
            chown(file, Some(owner.uid), Some(owner.gid))?;
        }
        Ok(())
    }

    /// Starts a program in the folder, with just this environment and the path. What it writes goes to `NAME.log`.
    pub(crate) fn start(
        &self,
        name: &str,
        program: &Path,
        arguments: &[&str],
        environment: &[(&str, String)],
    ) -> anyhow::Result<Process> {
        let log = self.path().join(format!("{name}.log"));
        let file = std::fs::File::options().create(true).append(true).open(&log)?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("LC_ALL", "C.UTF-8")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .kill_on_drop(true);
        if let Some(owner) = self.owner {
            command.uid(owner.uid).gid(owner.gid);
        }
        let child = command
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        Ok(Process { child, log })
    }
}

/// A running program. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Kills it: it has no time to do anything else.
    pub(crate) async fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().await?;
        Ok(())
    }

    /// The last lines that it wrote.
    pub(crate) fn tail(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let mut last = String::new();
        for line in &lines[lines.len().saturating_sub(12)..] {
            // Writing into a text cannot fail.
            let _ = writeln!(last, "{line}");
        }
        last
    }
}
