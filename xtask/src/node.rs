//! Node.js, and a package of ours with what it depends on, installed as its lock file says.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::guard::Guard;
use crate::install::{Need, hint, install};
use crate::process::capture;
use crate::programs::on_path;
use crate::screen::{Mark, Step};

/// The oldest version that all packages take: Redocly asks for more than Clerk's SDK.
const OLDEST: (u32, u32) = (20, 19);

/// The lock file that was installed, beside what it led to.
const INSTALLED: &str = "installed-lock.json";

/// A Node.js that is new enough, with npm.
#[derive(Debug)]
pub(crate) struct Node {
    program: PathBuf,
    npm: PathBuf,
}

impl Node {
    /// Finds it on the path; installs it where that is asked for.
    pub(crate) fn find(guard: &Guard, may_install: bool) -> Result<Self> {
        if let Some(node) = Self::on_path() {
            node.check(guard)?;
            return Ok(node);
        }
        if !may_install {
            bail!("there is no Node.js with npm here.\n{}", hint(&Need::NODE));
        }
        install(guard, &Need::NODE)?;
        let node = Self::on_path().context("Node.js was installed and is not on the path")?;
        node.check(guard)?;
        Ok(node)
    }

    fn on_path() -> Option<Self> {
        Some(Self {
            program: on_path("node")?,
            npm: on_path("npm")?,
        })
    }

    fn check(&self, guard: &Guard) -> Result<()> {
        let answer = capture(guard, Command::new(&self.program).arg("--version"))?;
        let said = answer.stdout.trim();
        let (major, minor) = OLDEST;
        match version(said) {
            Some(found) if found >= OLDEST => Ok(()),
            _ => bail!(
                "{} is {said}, and {major}.{minor} or newer is needed: put a newer one first on the path, from \
                 https://nodejs.org or your version manager",
                self.program.display()
            ),
        }
    }

    /// Copies a package's files to `target` and installs what its lock file names, unless that is done already.
    pub(crate) fn install(&self, guard: &Guard, source: &Path, target: &Path) -> Result<()> {
        clear(target)?;
        copy(source, target)?;
        let wanted =
            std::fs::read(source.join("package-lock.json")).context("the package has no lock file")?;
        if std::fs::read(target.join(INSTALLED)).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        let step = Step::start("packages from npm");
        let mut command = Command::new(&self.npm);
        command
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(target);
        let answer = capture(guard, &mut command)?;
        if !answer.status.success() {
            step.end(Mark::Bad, "npm ci failed");
            bail!("the packages could not be installed:\n{}", answer.text());
        }
        // Last, so that an installation that was interrupted is made anew.
        std::fs::write(target.join(INSTALLED), wanted)?;
        step.end(Mark::Good, "as the lock file says");
        Ok(())
    }

    /// A script of an installed package.
    pub(crate) fn command(&self, package: &Path, script: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(package.join(script));
        command
    }

    /// Every test of a package: its files that are called `….test.mjs`.
    pub(crate) fn tests(&self, package: &Path) -> Command {
        let mut command = Command::new(&self.program);
        // Without names: how a folder is named differs between the versions of Node.js.
        command.arg("--test").current_dir(package);
        command
    }
}

/// Reads `v20.20.2`.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.strip_prefix('v')?.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// What an earlier copy left, for instance of a file that has gone since. What was installed stays.
fn clear(target: &Path) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(target) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name() == "node_modules" || entry.file_name() == INSTALLED {
            continue;
        }
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())
        } else {
            std::fs::remove_file(entry.path())
        }
        .with_context(|| format!("{} cannot be removed", entry.path().display()))?;
    }
    Ok(())
}

/// All files of a folder, into another that may have more. Node looks for packages upwards from a script's place, so
/// the scripts must lie beside the packages.
fn copy(source: &Path, target: &Path) -> Result<()> {
    std::fs::create_dir_all(target).with_context(|| format!("{} cannot be made", target.display()))?;
    for entry in std::fs::read_dir(source).with_context(|| format!("{} cannot be read", source.display()))? {
        let entry = entry?;
        let to = target.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), &to)
                .with_context(|| format!("{} cannot be written", to.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version("v20.20.2"), Some((20, 20)));
        assert!(version("v18.19.0") < Some(OLDEST));
        assert!(version("v20.9.0") < Some(OLDEST));
        assert!(version("v20.20.2") > Some(OLDEST));
        assert_eq!(version("Node 20"), None);
    }
}
