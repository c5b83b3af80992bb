//! Answers that this workspace's own tests provoke: emulators append them to the file that a variable names.

use std::fs::{File, OpenOptions, create_dir_all};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use super::Scene;
use super::table::Row;
use crate::signals;
use crate::workspace::{Workspace, cargo, root};

/// What the emulator reads, wherever it runs.
const VARIABLE: &str = "CLERK_EMULATOR_RECORD";

const TOOL: &str = "our own tests";

/// An empty record; the last run's is gone.
pub(super) fn fresh(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("conformance");
    create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let file = folder.join("exchanges.jsonl");
    File::create(&file).with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(file)
}

/// Adds what was recorded before.
pub(super) fn append(earlier: &Path, record: &Path) -> Result<()> {
    let mut from = File::open(earlier).with_context(|| {
        format!(
            "{} cannot be read: record it with {VARIABLE} in the environment of the tests",
            earlier.display()
        )
    })?;
    let mut to = OpenOptions::new().append(true).open(record)?;
    std::io::copy(&mut from, &mut to)?;
    Ok(())
}

/// The tests of the emulator itself.
pub(super) fn own_tests(scene: &Scene<'_>) -> Result<Row> {
    let mut command = cargo();
    command.args(["test", "--quiet", "--package", "clerk-emulator"]);
    run(scene, &mut command, "cargo test --package clerk-emulator")
}

/// Every test and every scenario, each by a task of its own that finds its database.
pub(super) fn everything(scene: &Scene<'_>, install: bool) -> Result<Vec<Row>> {
    let own = std::env::current_exe().context("the path of xtask itself is not known")?;
    let task = |arguments: &[&str]| {
        let mut command = Command::new(&own);
        command
            .current_dir(root())
            .args(arguments)
            .args(install.then_some("--install"));
        run(
            scene,
            &mut command,
            &format!("cargo xtask {}", arguments.join(" ")),
        )
    };
    Ok(vec![task(&["test"])?, task(&["e2e", "--all"])?])
}

/// What it prints is for a person: standard output belongs to the table.
fn run(scene: &Scene<'_>, command: &mut Command, name: &str) -> Result<Row> {
    command
        .env(VARIABLE, &scene.record)
        .stdout(Stdio::from(std::io::stderr()));
    let status = scene.guard.run(command)?;
    signals::park_if_interrupted();
    Ok(if status.success() {
        Row::passed(name, TOOL)
    } else {
        let details = format!("it ended with {status}, so its answers are not all recorded: see above");
        Row::failed(name, TOOL, details)
    })
}
