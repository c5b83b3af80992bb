//! Subcommands of cargo that are not of cargo's own: on the machine already, or built into the target folder.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::guard::Guard;
use crate::process::capture;
use crate::programs::on_path;
use crate::screen::{Mark, Step};
use crate::workspace::{Workspace, cargo};

/// A crate that installs a binary of its own name.
#[derive(Debug)]
pub(crate) struct CargoTool {
    pub(crate) name: &'static str,
    /// What is built: the newest release that the pinned toolchain compiles.
    pub(crate) version: &'static str,
    /// The command of ours that builds it.
    pub(crate) built_by: &'static str,
}

impl CargoTool {
    /// The binary that an earlier `--install` built, else the one on the path.
    pub(crate) fn find(&self, workspace: &Workspace) -> Option<PathBuf> {
        Some(self.own(workspace))
            .filter(|own| own.is_file())
            .or_else(|| on_path(self.name))
    }

    /// How a person gets it.
    pub(crate) fn hint(&self) -> String {
        let Self {
            name,
            version,
            built_by,
        } = self;
        format!("{name} is missing: run `{built_by}`, or `cargo install {name} --locked --version {version}`")
    }

    /// Finds it, or builds it where that is asked for.
    pub(crate) fn require(&self, guard: &Guard, workspace: &Workspace, may_install: bool) -> Result<PathBuf> {
        match self.find(workspace) {
            Some(program) => Ok(program),
            None if may_install => {
                let step = Step::start(&format!("building {} {}, once", self.name, self.version));
                let built = self.install(guard, workspace);
                step.end(if built.is_ok() { Mark::Good } else { Mark::Bad }, "");
                built
            }
            None => bail!("{}", self.hint()),
        }
    }

    /// Builds it without optimization: it does little itself, and the build is what costs.
    pub(crate) fn install(&self, guard: &Guard, workspace: &Workspace) -> Result<PathBuf> {
        let tools = tools(workspace);
        let mut command = cargo();
        command
            .args(["install", self.name, "--locked", "--debug", "--quiet"])
            .args(["--version", self.version, "--root"])
            .arg(&tools)
            .env("CARGO_TARGET_DIR", tools.join("build"))
            .env("CARGO_PROFILE_DEV_DEBUG", "false");
        let answer = capture(guard, &mut command)?;
        // Only the binary is wanted; at worst the folder stays until `cargo clean`.
        let _ = std::fs::remove_dir_all(tools.join("build"));
        if !answer.status.success() {
            bail!("{} did not build:\n{}", self.name, answer.text());
        }
        Ok(self.own(workspace))
    }

    fn own(&self, workspace: &Workspace) -> PathBuf {
        tools(workspace).join("bin").join(self.name)
    }
}

fn tools(workspace: &Workspace) -> PathBuf {
    workspace.target.join("tools")
}
