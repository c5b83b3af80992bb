//! The binaries that tasks run.

use anyhow::{Result, bail};

use crate::guard::Guard;
use crate::screen::heading;
use crate::workspace::cargo;

/// Builds these crates by themselves, so that no feature which another crate turns on reaches them. Cargo shows its
/// own progress.
pub(crate) fn build(guard: &Guard, packages: &[&str]) -> Result<()> {
    build_with(guard, packages, None)
}

/// The same, optimized as for a release.
pub(crate) fn build_release(guard: &Guard, packages: &[&str]) -> Result<()> {
    build_with(guard, packages, Some("--release"))
}

fn build_with(guard: &Guard, packages: &[&str], profile: Option<&str>) -> Result<()> {
    heading(&format!("building {}", packages.join(", ")));
    let mut command = cargo();
    command.arg("build").args(profile);
    for package in packages {
        command.args(["--package", package]);
    }
    if !guard.run(&mut command)?.success() {
        bail!(
            "{} did not build: fix what the compiler names above",
            packages.join(", ")
        );
    }
    Ok(())
}
