//! cargo-deny, which judges the dependencies.

use std::path::Path;
use std::process::Command;

use crate::cargo_tool::CargoTool;
use crate::workspace::root;

/// Where it comes from.
pub(crate) const DENY: CargoTool = CargoTool {
    name: "cargo-deny",
    version: "0.20.2",
    built_by: "cargo xtask check --install",
};

/// cargo-deny with its arguments, in the workspace of this manifest.
pub(crate) fn command(program: &Path, manifest: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(root())
        .args(["--color", "never", "--log-level", "error", "--workspace"])
        .args(["--locked", "--manifest-path", manifest])
        .args(arguments);
    // The advisory database comes by git, which must not ask for a password.
    command.env("GIT_TERMINAL_PROMPT", "0");
    command
}
