//! The earlier release: its sources and its binary.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::guard::Guard;
use crate::process::capture;
use crate::screen::heading;
use crate::workspace::{cargo, root};

/// The release that is upgraded from.
const COMMIT: &str = "1620acbd9af2c183c9306aca5193c0b401684221";
/// Its statements, as the tests of hemera-api run them.
const STATEMENTS: &str = "crates/hemera-api/tests/it/migrations/release_1620acb/statements.json";

/// A release, checked out.
pub(super) struct Release {
    source: PathBuf,
}

/// Checks the release out, in a worktree of its own.
pub(super) fn check_out(guard: &Guard) -> Result<Release> {
    let source = folder().join("source");
    if !git(
        guard,
        root(),
        &["cat-file", "-e", &format!("{COMMIT}^{{commit}}")],
    )? {
        let mut ask = Command::new("git");
        ask.args(["rev-parse", "--is-shallow-repository"])
            .current_dir(root());
        let is_shallow = capture(guard, &mut ask)?.stdout.trim() == "true";
        let remedy = if is_shallow {
            "it is shallow: run `git fetch --unshallow`"
        } else {
            "get the whole history with `git fetch origin`, in a clone that git made"
        };
        bail!("this clone lacks the release {COMMIT}: {remedy}");
    }
    // One whose folder was removed is still on git's list.
    git(guard, root(), &["worktree", "prune"])?;
    let there = source.join(".git").exists();
    let arrived = if there {
        git(guard, &source, &["checkout", "--quiet", "--detach", COMMIT])?
    } else {
        let path = source.to_str().context("the path of target/ is no text")?;
        git(
            guard,
            root(),
            &["worktree", "add", "--quiet", "--detach", path, COMMIT],
        )?
    };
    if !arrived {
        bail!(
            "{COMMIT} cannot be checked out in {}: remove that folder, and run this again",
            source.display()
        );
    }
    Ok(Release { source })
}

fn folder() -> PathBuf {
    root().join("target").join("upgrade")
}

fn git(guard: &Guard, folder: &Path, arguments: &[&str]) -> Result<bool> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(folder);
    let answer = capture(guard, &mut command).context("git is needed for the sources of the release")?;
    Ok(answer.status.success())
}

impl Release {
    /// Builds its server, and returns the binary.
    pub(super) fn build(&self, guard: &Guard) -> Result<PathBuf> {
        heading(&format!("building hemera-api of {}", &COMMIT[..7]));
        let target = folder().join("build");
        let mut command = cargo();
        command
            .args(["build", "--locked", "--package", "hemera-api"])
            .current_dir(&self.source)
            .env("CARGO_TARGET_DIR", &target);
        if !guard.run(&mut command)?.success() {
            bail!("the release {COMMIT} does not build here: the compiler says why above");
        }
        Ok(target.join("debug").join("hemera-api"))
    }

    /// Its demo data.
    pub(super) fn seed(&self) -> PathBuf {
        self.source.join("seed").join("demo.sql")
    }

    /// Whether all statements that the tests take for its own are in its committed query data.
    pub(super) fn has_statements(&self) -> Result<bool> {
        #[derive(Deserialize)]
        struct Statement {
            query: String,
        }
        let read = |path: &Path| -> Result<String> {
            std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
        };
        let mut own = Vec::new();
        for entry in self.source.join(".sqlx").read_dir()? {
            let statement: Statement = serde_json::from_str(&read(&entry?.path())?)?;
            own.push(statement.query);
        }
        let of_tests: Vec<Statement> = serde_json::from_str(&read(&root().join(STATEMENTS))?)?;
        Ok(of_tests.iter().all(|statement| own.contains(&statement.query)))
    }
}
