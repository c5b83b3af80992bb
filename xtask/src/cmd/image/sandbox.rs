//! A program in the root of its image, with nothing else in it: read-only, and without rights.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::tree::ROOTS_IN_IMAGE;
use crate::guard::Guard;
use crate::process::{Captured, capture, capture_within};
use crate::programs::on_path;

/// What an engine does, in namespaces of the caller's: the root read-only, the kernel's files, and the files about names.
/// The program takes the place of this shell, so that signals reach it.
const ENTER: &str = r#"set -e
mount --bind "$ROOT" "$ROOT"
mount -o remount,bind,ro "$ROOT"
mount --rbind /proc "$ROOT/proc"
mount --bind "$NAMES/hosts" "$ROOT/etc/hosts"
mount --bind "$NAMES/resolv.conf" "$ROOT/etc/resolv.conf"
if [ -n "$ROOTS" ]; then mount --bind "$ROOTS" "$ROOT/$ROOTS_IN_IMAGE"; fi
root=$ROOT
unset ROOT NAMES ROOTS ROOTS_IN_IMAGE PWD OLDPWD
exec unshare --user --map-user=65532 --map-group=65532 --root="$root" --wd=/ -- "$@"
"#;

/// How long a command that comes to an end may take.
const AT_MOST: Duration = Duration::from_secs(30);

/// The unpacked root of an image, ready to be run in.
#[derive(Debug)]
pub(super) struct Sandbox {
    root: PathBuf,
    names: PathBuf,
    program: String,
    environment: Vec<(String, String)>,
    roots: Option<PathBuf>,
}

impl Sandbox {
    /// Makes the places that an engine fills. `folder` is for the files about names.
    pub(super) fn new(root: PathBuf, folder: &Path, program: &str, environment: &[String]) -> Result<Self> {
        fs::create_dir_all(root.join("proc"))?;
        for (name, text) in [
            ("hosts", "127.0.0.1 localhost\n"),
            (
                "resolv.conf",
                "nameserver 127.0.0.1\noptions attempts:1 timeout:1\n",
            ),
        ] {
            fs::write(folder.join(name), text)?;
            fs::write(root.join("etc").join(name), "")?;
        }
        let pairs = environment.iter().filter_map(|pair| pair.split_once('='));
        Ok(Self {
            root,
            names: folder.to_path_buf(),
            program: program.to_owned(),
            environment: pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            roots: None,
        })
    }

    /// The same with other roots of trust in their place.
    pub(super) fn with_roots(&self, file: &Path) -> Self {
        Self {
            root: self.root.clone(),
            names: self.names.clone(),
            program: self.program.clone(),
            environment: self.environment.clone(),
            roots: Some(file.to_path_buf()),
        }
    }

    /// The roots of trust that the image has.
    pub(super) fn roots(&self) -> Result<String> {
        Ok(fs::read_to_string(self.root.join(ROOTS_IN_IMAGE))?)
    }

    /// The program with arguments and settings, and nothing of this task's own environment.
    pub(super) fn command(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Command {
        let mut command = Command::new("unshare");
        command
            .args([
                "--user",
                "--map-root-user",
                "--mount",
                "--",
                "sh",
                "-c",
                ENTER,
                "sh",
            ])
            .arg(&self.program)
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .envs(settings.iter().copied())
            .env("ROOT", &self.root)
            .env("NAMES", &self.names)
            .env("ROOTS_IN_IMAGE", ROOTS_IN_IMAGE)
            .env("ROOTS", self.roots.as_deref().unwrap_or(Path::new("")));
        command
    }

    /// Runs it to its end.
    pub(super) fn run(
        &self,
        guard: &Guard,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Result<Captured> {
        capture_within(guard, &mut self.command(arguments, settings), AT_MOST)
    }
}

/// Whether this machine lets a program have a root of its own.
pub(super) fn require(guard: &Guard) -> Result<()> {
    on_path("unshare").context(
        "there is no unshare here: install util-linux; on another system than Linux, run this in one",
    )?;
    let mut command = Command::new("unshare");
    let answer = capture(
        guard,
        command.args(["--user", "--map-root-user", "--mount", "true"]),
    )?;
    if !answer.status.success() {
        bail!(
            "this system has no user namespaces for you ({}): allow them (sysctl kernel.unprivileged_userns_clone=1, \
             kernel.apparmor_restrict_unprivileged_userns=0, or in a container --security-opt seccomp=unconfined), or give \
             --no-run to assemble the images and not to run them",
            answer.text()
        );
    }
    Ok(())
}
