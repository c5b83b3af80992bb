//! Whether the crates that other programs link can be packaged, and compile from their packages alone.
//!
//! Nothing is published. But a file that a crate takes from outside its own folder, or a dependency without a version, breaks
//! everybody who vendors it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::{Outcome, Scene};
use crate::process::capture;
use crate::workspace::{Package, cargo, root};

/// Packages every crate that may be published, and checks the packages as a workspace of their own.
pub(super) fn packages(scene: &Scene<'_>) -> Result<Outcome> {
    let members = scene.workspace.packages.iter();
    let packages: Vec<&Package> = members.filter(|package| package.publish.is_none()).collect();
    let target = scene.workspace.target.join("package");
    let apart = target.join("apart");
    // What lies there is of another run.
    if apart.exists() {
        fs::remove_dir_all(&apart).with_context(|| format!("cannot remove {}", apart.display()))?;
    }
    fs::create_dir_all(&apart).with_context(|| format!("cannot create {}", apart.display()))?;
    for (mut command, remedy) in [
        (
            fetch(),
            "connect this machine, so that cargo can fetch the dependencies",
        ),
        (
            package(&packages),
            "give each dependency of these crates a version, and keep their files in their own folders",
        ),
        (unpack(&packages, &target, &apart), "install tar"),
    ] {
        if let Some(bad) = fails(scene, &mut command, remedy)? {
            return Ok(bad);
        }
    }
    write_workspace(&packages, &apart)?;
    let mut check = cargo();
    check
        .args(["check", "--quiet", "--offline", "--workspace", "--all-features"])
        .current_dir(&apart)
        .env("CARGO_TARGET_DIR", &scene.workspace.target);
    let remedy = "keep what these crates include in their own folders: a package has nothing else";
    Ok(match fails(scene, &mut check, remedy)? {
        Some(bad) => bad,
        None => Outcome::Good(format!("{} packages", packages.len())),
    })
}

fn fetch() -> Command {
    let mut command = cargo();
    command.args(["fetch", "--quiet", "--locked"]);
    command
}

/// Without cargo's own check of each package, which would build all dependencies of each from nothing.
fn package(packages: &[&Package]) -> Command {
    let mut command = cargo();
    command.args(["package", "--quiet", "--offline", "--allow-dirty", "--no-verify"]);
    for package in packages {
        command.args(["--package", &package.name]);
    }
    command
}

fn unpack(packages: &[&Package], from: &Path, to: &Path) -> Command {
    // `tar` unpacks one archive at a time. With `-m` the files are of now: those in a package are of 2006, and cargo would take
    // a crate with them for one that it has checked before.
    let script = "set -eu; to=$1; shift; for archive in \"$@\"; do tar -xzmf \"$archive\" -C \"$to\"; done";
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(to);
    for package in packages {
        command.arg(from.join(format!("{}.crate", folder(package))));
    }
    command
}

/// What cargo calls a package and its folder.
fn folder(package: &Package) -> String {
    format!("{}-{}", package.name, package.version)
}

/// A workspace of the packages, which depend on each other instead of on a registry. Profiles and lock file are those of the
/// workspace, so that what is compiled already is not compiled again.
fn write_workspace(packages: &[&Package], apart: &Path) -> Result<()> {
    let (mut members, mut patches) = (String::new(), String::new());
    for package in packages {
        let folder = folder(package);
        // Writing to a text does not fail.
        let _ = writeln!(members, "  \"{folder}\",");
        let _ = writeln!(patches, "{} = {{ path = \"{folder}\" }}", package.name);
    }
    let manifest = root().join("Cargo.toml");
    let manifest =
        fs::read_to_string(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
    let text = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\n{members}]\n\n[patch.crates-io]\n{patches}\n{}",
        profiles(&manifest)
    );
    fs::write(apart.join("Cargo.toml"), text).context("cannot write the workspace of the packages")?;
    fs::copy(root().join("Cargo.lock"), apart.join("Cargo.lock")).context("cannot copy Cargo.lock")?;
    Ok(())
}

/// The sections of a manifest that are profiles.
fn profiles(manifest: &str) -> String {
    let mut is_profile = false;
    let lines = manifest.lines().filter(|line| {
        if line.starts_with('[') {
            is_profile = line.starts_with("[profile.");
        }
        is_profile
    });
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// The outcome, if the command fails.
fn fails(scene: &Scene<'_>, command: &mut Command, remedy: &str) -> Result<Option<Outcome>> {
    let answer = capture(scene.guard, command)?;
    let bad = || Outcome::Bad {
        note: remedy.to_owned(),
        details: answer.text(),
    };
    Ok((!answer.status.success()).then(bad))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_profiles_are_taken_from_the_manifest() {
        let manifest =
            "[workspace]\na = 1\n[profile.dev]\ndebug = 1\n\n[lints]\nb = 2\n[profile.release]\nlto = true\n";
        assert_eq!(
            profiles(manifest),
            "[profile.dev]\ndebug = 1\n\n[profile.release]\nlto = true\n"
        );
    }
}
