//! cargo-deny: on the machine already, or built into the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::guard::Guard;
use crate::process::capture;
use crate::workspace::{Workspace, cargo, root};

/// What `--install` builds: the newest release that the pinned toolchain compiles.
const VERSION: &str = "0.20.2";

/// The binary that an earlier `--install` built, else the one on the path.
pub(crate) fn find(workspace: &Workspace) -> Option<PathBuf> {
    Some(tools(workspace).join("bin").join("cargo-deny"))
        .filter(|own| own.is_file())
        .or_else(|| crate::postgres::on_path("cargo-deny"))
}

/// How a person gets it.
pub(crate) fn hint() -> String {
    format!(
        "cargo-deny is missing: run `cargo xtask check --install`, or `cargo install cargo-deny --locked --version {VERSION}`"
    )
}

/// Builds it without optimization: it runs for a second, and the build is what costs.
pub(crate) fn install(guard: &Guard, workspace: &Workspace) -> Result<PathBuf> {
    let tools = tools(workspace);
    let mut command = cargo();
    command
        .args([
            "install",
            "cargo-deny",
            "--locked",
            "--debug",
            "--quiet",
            "--version",
            VERSION,
            "--root",
        ])
        .arg(&tools)
        .env("CARGO_TARGET_DIR", tools.join("build"))
        .env("CARGO_PROFILE_DEV_DEBUG", "false");
    let answer = capture(guard, &mut command)?;
    // Only the binary is wanted; at worst the folder stays until `cargo clean`.
    let _ = std::fs::remove_dir_all(tools.join("build"));
    if !answer.status.success() {
        bail!("cargo-deny did not build:\n{}", answer.text());
    }
    Ok(tools.join("bin").join("cargo-deny"))
}

/// cargo-deny with its arguments, in the workspace.
pub(crate) fn command(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(root())
        .args(["--color", "never", "--log-level", "error", "--workspace"])
        .args(arguments);
    // The advisory database comes by git, which must not ask anybody for a password.
    command.env("GIT_TERMINAL_PROMPT", "0");
    command
}

fn tools(workspace: &Workspace) -> PathBuf {
    workspace.target.join("tools")
}
