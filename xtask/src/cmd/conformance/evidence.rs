//! The transparency log over audit records, read by a verifier that this project did not write: aics-tlog.
//!
//! The server's own tests change a log in one way each, with the owner's login, hold `audit verify` against it, and leave an
//! export behind where a variable names a folder. The verifier has to find the same.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use super::table::{Row, mark_of, summary};
use crate::guard::Guard;
use crate::process::capture;
use crate::python::Python;
use crate::screen::{Step, heading};
use crate::signals;
use crate::workspace::{Workspace, root};

/// What the server's tests read, wherever they run.
const VARIABLE: &str = "HEMERA_EVIDENCE_EXPORTS";

/// The tests that leave exports behind.
const TESTS: &str = "evidence::verify";

/// How many logs they leave: one that was left alone, and one for each way of changing it that an export can show.
const EXPORTS: usize = 7;

const TOOL: &str = "aics-tlog";

/// A row for each log.
pub(super) fn check(
    guard: &Guard,
    workspace: &Workspace,
    python: &Python,
    install: bool,
) -> Result<Vec<Row>> {
    let source = root().join("xtask").join("witnesses").join("transparency");
    let environment = workspace.target.join("tools").join("witnesses-transparency");
    let programs = python.install_beyond_its_range(guard, &source.join("requirements.txt"), &environment)?;
    let exports = fresh(workspace)?;
    heading("logs that were changed in one way each");
    let mut tests = Command::new(std::env::current_exe().context("the path of xtask itself is not known")?);
    tests
        .current_dir(root())
        .args(["test", "-p", "hemera-api", TESTS])
        .args(install.then_some("--install"))
        .env(VARIABLE, &exports)
        .stdout(Stdio::from(std::io::stderr()));
    let ended = guard.run(&mut tests)?;
    signals::park_if_interrupted();
    if !ended.success() {
        let details = format!("it ended with {ended}: see above");
        return Ok(vec![Row::failed(TESTS, "our own tests", details)]);
    }
    let step = Step::start("aics-tlog on logs that were changed");
    let mut rows = Vec::new();
    for folder in folders(&exports)? {
        rows.push(examine(guard, &programs, &source.join("audit.py"), &folder)?);
    }
    if rows.len() != EXPORTS {
        let details = format!(
            "the tests left {} logs, and should have left {EXPORTS}",
            rows.len()
        );
        rows.push(Row::failed("every log", TOOL, details));
    }
    step.end(mark_of(&rows), &summary(&rows));
    Ok(rows)
}

fn fresh(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("conformance").join("exports");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder)
}

fn folders(exports: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(exports)?.map(|entry| Ok(entry?.path()));
    let mut folders = entries.collect::<Result<Vec<_>>>()?;
    folders.sort();
    Ok(folders)
}

/// Whether the verifier says of a log what has to be said: `expected` is part of its one line.
fn examine(guard: &Guard, programs: &Path, script: &Path, folder: &Path) -> Result<Row> {
    let read = |name: &str| {
        let file = folder.join(name);
        std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))
    };
    let (key, expected) = (read("key")?, read("expected")?);
    let mut command = Command::new(programs.join("python"));
    command
        .arg(script)
        .arg(folder.join("log"))
        .arg(key.trim())
        .arg(folder.join("outside"));
    let answer = capture(guard, &mut command)?;
    signals::park_if_interrupted();
    let name = folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .replace('_', " ");
    let is_ok = answer.stdout.starts_with("ok ");
    let says = answer.stdout.contains(expected.trim());
    Ok(if says && is_ok == answer.status.success() {
        Row::passed(&name, TOOL).with_note(answer.stdout.trim().to_owned())
    } else {
        let details = format!("expected: {}\n{}", expected.trim(), answer.text());
        Row::failed(&name, TOOL, details)
    })
}
