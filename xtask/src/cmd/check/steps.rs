//! The steps of `check`, the quick ones first.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::{Outcome, Scene};
use crate::process::{capture, capture_within};
use crate::workspace::{cargo, root};
use crate::{deny, postgres, sqlx, tidy};

/// One thing that is checked.
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) run: fn(&Scene<'_>) -> Result<Outcome>,
}

pub(super) const ALL: [Check; 7] = [
    Check {
        name: "fmt",
        about: "formatting",
        run: fmt,
    },
    Check {
        name: "tidy",
        about: "rules of the house",
        run: rules,
    },
    Check {
        name: "clippy",
        about: "lints",
        run: clippy,
    },
    Check {
        name: "doc",
        about: "documentation",
        run: doc,
    },
    Check {
        name: "sqlx",
        about: "query data",
        run: queries,
    },
    Check {
        name: "deny",
        about: "dependencies: bans, licences, sources",
        run: dependencies,
    },
    Check {
        name: "advisories",
        about: "dependencies: known vulnerabilities",
        run: advisories,
    },
];

/// The steps' names, for the command line.
pub(super) fn names() -> Vec<&'static str> {
    ALL.iter().map(|check| check.name).collect()
}

/// The advisory database is a few megabytes; a network that has not brought it by then does not.
const FETCH: Duration = Duration::from_mins(1);

fn fmt(scene: &Scene<'_>) -> Result<Outcome> {
    passes(
        scene,
        cargo().args(["fmt", "--all", "--check"]),
        "run `cargo fmt --all`",
    )
}

fn rules(scene: &Scene<'_>) -> Result<Outcome> {
    let files = tidy::load(scene.guard, root())?;
    let findings = tidy::findings(scene.workspace, &files);
    if findings.is_empty() {
        return Ok(Outcome::Good(format!("{} files", files.len())));
    }
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    Ok(Outcome::Bad {
        note: format!("{} findings", lines.len()),
        details: lines.join("\n"),
    })
}

fn clippy(scene: &Scene<'_>) -> Result<Outcome> {
    let mut command = cargo();
    command.args([
        "clippy",
        "--quiet",
        "--locked",
        "--workspace",
        "--all-targets",
        "--all-features",
    ]);
    command.args(["--", "--deny", "warnings"]);
    passes(
        scene,
        &mut command,
        "mend what clippy names; an exception is an `expect` with its reason",
    )
}

fn doc(scene: &Scene<'_>) -> Result<Outcome> {
    let mut command = cargo();
    command.args([
        "doc",
        "--quiet",
        "--locked",
        "--workspace",
        "--all-features",
        "--no-deps",
    ]);
    command.env("RUSTDOCFLAGS", "--deny warnings");
    passes(scene, &mut command, "mend what rustdoc names")
}

fn queries(scene: &Scene<'_>) -> Result<Outcome> {
    let server = scene.shown.aside(|| postgres::find(scene.guard, scene.install))?;
    let generated = sqlx::generate(scene.guard, scene.workspace, &server)?;
    let differences = sqlx::differences(&sqlx::committed()?, &generated);
    if differences.is_empty() {
        return Ok(Outcome::Good(format!("{} queries", generated.len())));
    }
    Ok(Outcome::Bad {
        note: "run `cargo xtask db prepare` and commit .sqlx".to_owned(),
        details: differences.join("\n"),
    })
}

fn dependencies(scene: &Scene<'_>) -> Result<Outcome> {
    let program = match deny::find(scene.workspace) {
        Some(program) => program,
        None if scene.install => deny::install(scene.guard, scene.workspace)?,
        None => {
            return Ok(Outcome::Bad {
                note: deny::hint(),
                details: String::new(),
            });
        }
    };
    let arguments = ["check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    passes(
        scene,
        &mut deny::command(&program, &arguments),
        "see deny.toml, where each rule has its reason",
    )
}

fn advisories(scene: &Scene<'_>) -> Result<Outcome> {
    let Some(program) = deny::find(scene.workspace) else {
        return Ok(Outcome::NotRun(deny::hint()));
    };
    let fetched = capture_within(scene.guard, &mut deny::command(&program, &["fetch", "db"]), FETCH);
    if !fetched.is_ok_and(|answer| answer.status.success()) {
        return Ok(Outcome::NotRun(
            "the advisory database is out of reach from here".to_owned(),
        ));
    }
    let arguments = ["check", "--disable-fetch", "--hide-inclusion-graph", "advisories"];
    passes(
        scene,
        &mut deny::command(&program, &arguments),
        "update the dependency, or except it in deny.toml",
    )
}

/// The step is good if the program says so; otherwise all that it said is shown.
fn passes(scene: &Scene<'_>, command: &mut Command, remedy: &str) -> Result<Outcome> {
    let answer = capture(scene.guard, command)?;
    if answer.status.success() {
        return Ok(Outcome::Good(String::new()));
    }
    Ok(Outcome::Bad {
        note: remedy.to_owned(),
        details: answer.text(),
    })
}
