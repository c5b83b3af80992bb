//! Python, and packages in an environment of their own, installed as a file of hashes says.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::guard::Guard;
use crate::install::{Need, hint, install};
use crate::process::capture;
use crate::programs::on_path;
use crate::screen::{Mark, Step};

/// By which names it goes, the usual one first.
const NAMES: [&str; 5] = ["python3", "python3.14", "python3.13", "python3.12", "python3.11"];

/// Prints `yes` where it is new enough for schemathesis and can make environments, which Debian packs apart.
const FIT: &str = "import sys, venv, ensurepip; print('yes' if sys.version_info >= (3, 11) else 'no')";

/// What was installed, beside it.
const INSTALLED: &str = "installed-requirements.txt";

/// A Python that is new enough and can make environments.
#[derive(Debug)]
pub(crate) struct Python(PathBuf);

impl Python {
    /// Finds it on the path; installs it where that is asked for.
    pub(crate) fn find(guard: &Guard, may_install: bool) -> Result<Self> {
        if let Some(python) = Self::on_path(guard)? {
            return Ok(python);
        }
        if !may_install {
            bail!(
                "there is no Python 3.11 or newer with `venv` here.\n{}",
                hint(&Need::PYTHON)
            );
        }
        install(guard, &Need::PYTHON)?;
        Self::on_path(guard)?
            .context("the system's Python is older than 3.11: put a newer one first on the path, from https://python.org")
    }

    fn on_path(guard: &Guard) -> Result<Option<Self>> {
        for program in NAMES.into_iter().filter_map(on_path) {
            let answer = capture(guard, Command::new(&program).args(["-c", FIT]))?;
            if answer.status.success() && answer.stdout.trim() == "yes" {
                return Ok(Some(Self(program)));
            }
        }
        Ok(None)
    }

    /// Makes an environment in `folder` with what `requirements` pins by hash, unless that is done already, and gives the
    /// folder of its programs.
    pub(crate) fn install(&self, guard: &Guard, requirements: &Path, folder: &Path) -> Result<PathBuf> {
        self.install_with(guard, requirements, folder, &[])
    }

    /// The same for packages that state a newer Python than they need.
    pub(crate) fn install_beyond_its_range(
        &self,
        guard: &Guard,
        requirements: &Path,
        folder: &Path,
    ) -> Result<PathBuf> {
        self.install_with(guard, requirements, folder, &["--ignore-requires-python"])
    }

    fn install_with(
        &self,
        guard: &Guard,
        requirements: &Path,
        folder: &Path,
        options: &[&str],
    ) -> Result<PathBuf> {
        let programs = folder.join("bin");
        let wanted = std::fs::read(requirements)
            .with_context(|| format!("{} cannot be read", requirements.display()))?;
        if std::fs::read(folder.join(INSTALLED)).is_ok_and(|installed| installed == wanted) {
            return Ok(programs);
        }
        let step = Step::start("packages from PyPI");
        let mut environment = Command::new(&self.0);
        environment.args(["-m", "venv", "--clear"]).arg(folder);
        let mut packages = Command::new(programs.join("python"));
        packages
            .args(["-m", "pip", "install", "--require-hashes", "--no-input"])
            .args(options)
            .args(["--disable-pip-version-check", "--requirement"])
            .arg(requirements);
        for mut command in [environment, packages] {
            let answer = capture(guard, &mut command)?;
            if !answer.status.success() {
                step.end(Mark::Bad, "they could not be installed");
                bail!("the packages could not be installed:\n{}", answer.text());
            }
        }
        // Last, so that an installation that was interrupted is made anew.
        std::fs::write(folder.join(INSTALLED), wanted)?;
        step.end(Mark::Good, "as their hashes say");
        Ok(programs)
    }
}
