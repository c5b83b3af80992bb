//! A disk of a few megabytes, in memory and in a mount namespace of its own: it is gone with the process that holds it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use nix::unistd::Uid;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::chaos::owner::Owner;

/// How long mounting may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Mounts, says so, and holds the mount until its standard input ends.
const SCRIPT: &str = r#"mount -t tmpfs -o "size=$2m,mode=0777" tmpfs "$1" && echo mounted && exec cat"#;

/// A mounted disk.
#[derive(Debug)]
pub(crate) struct SmallDisk {
    folder: PathBuf,
    /// Holds the namespace.
    holder: Child,
    id: u32,
}

impl SmallDisk {
    /// Why there can be none here, if so.
    pub(crate) fn hindrance() -> Option<&'static str> {
        (!cfg!(target_os = "linux") || !Uid::effective().is_root())
            .then_some("a disk of a few megabytes needs Linux and root, to mount it")
    }

    /// Mounts one below `folder`.
    pub(crate) async fn mount(folder: &Path, megabytes: u32) -> anyhow::Result<Self> {
        if let Some(hindrance) = Self::hindrance() {
            bail!("{hindrance}");
        }
        let folder = folder.join("disk");
        std::fs::create_dir(&folder)?;
        let mut holder = Command::new("unshare")
            .args(["--mount", "sh", "-c", SCRIPT, "small-disk"])
            .arg(&folder)
            .arg(megabytes.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("unshare cannot be started")?;
        let said = holder.stdout.take().context("the holder's output is read")?;
        let line = tokio::time::timeout(PATIENCE, BufReader::new(said).lines().next_line()).await;
        let mounted = matches!(line, Ok(Ok(Some(line))) if line == "mounted");
        anyhow::ensure!(mounted, "a disk of {megabytes} MB cannot be mounted");
        let id = holder.id().context("the holder of the disk has ended")?;
        Ok(Self { folder, holder, id })
    }

    /// Where it is, for processes that [`command`](Self::command) starts.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A program that sees the disk, as this user.
    pub(crate) fn command(&self, program: &Path, owner: Owner) -> Command {
        let mut command = Command::new("nsenter");
        command
            .arg(format!("--mount=/proc/{}/ns/mnt", self.id))
            .args([
                "--setuid",
                &owner.uid.to_string(),
                "--setgid",
                &owner.gid.to_string(),
            ])
            .arg("--")
            .arg(program);
        command
    }

    /// Fills what is left of it, and says with how many bytes.
    pub(crate) fn fill(&self) -> anyhow::Result<u64> {
        let ballast = self.ballast();
        let mut file = std::fs::File::create(&ballast).context("the disk cannot be filled")?;
        // Until there is no space, whatever that error is called.
        let _ = std::io::copy(&mut std::io::repeat(0), &mut file);
        Ok(file.metadata()?.len())
    }

    /// Takes away what [`fill`](Self::fill) added.
    pub(crate) fn clear(&self) -> anyhow::Result<()> {
        std::fs::remove_file(self.ballast()).context("the disk cannot be cleared")
    }

    /// Seen from here, outside its namespace.
    fn ballast(&self) -> PathBuf {
        let inside = self.folder.strip_prefix("/").unwrap_or(&self.folder);
        Path::new("/proc")
            .join(self.id.to_string())
            .join("root")
            .join(inside)
            .join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Without input it ends; with it the namespace, once PostgreSQL has ended too.
        drop(self.holder.stdin.take());
    }
}
