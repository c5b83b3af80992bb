//! The steps of `check`, the quick ones first.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::{Outcome, Scene, deploy, package};
use crate::deny::{self, DENY};
use crate::process::{capture, capture_within};
use crate::workspace::{cargo, root};
use crate::{postgres, sqlx, tidy};

/// One thing that is checked.
pub(super) struct CheckStep {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) run: fn(&Scene<'_>) -> Result<Outcome>,
}

pub(super) const ALL: [CheckStep; 9] = [
    CheckStep {
        name: "fmt",
        about: "formatting",
        run: fmt,
    },
    CheckStep {
        name: "tidy",
        about: "rules of this workspace",
        run: rules,
    },
    CheckStep {
        name: "deploy",
        about: "deployment files, workflows",
        run: deploy::files,
    },
    CheckStep {
        name: "clippy",
        about: "lints",
        run: clippy,
    },
    CheckStep {
        name: "doc",
        about: "documentation",
        run: doc,
    },
    CheckStep {
        name: "package",
        about: "crates that other programs link",
        run: package::packages,
    },
    CheckStep {
        name: "sqlx",
        about: "query data",
        run: queries,
    },
    CheckStep {
        name: "deny",
        about: "dependencies: bans, licences, sources",
        run: dependencies,
    },
    CheckStep {
        name: "advisories",
        about: "dependencies: known vulnerabilities",
        run: advisories,
    },
];

const WORKSPACE: &str = "Cargo.toml";

/// The fuzz targets are a workspace of their own.
const FUZZ: &str = "fuzz/Cargo.toml";

/// The steps' names, for the command line.
pub(super) fn names() -> Vec<&'static str> {
    ALL.iter().map(|check| check.name).collect()
}

/// The advisory database is a few megabytes; a network that takes longer is taken for none.
const FETCH: Duration = Duration::from_mins(1);

fn fmt(scene: &Scene<'_>) -> Result<Outcome> {
    for (manifest, remedy) in [
        (WORKSPACE, "run `cargo fmt --all`"),
        (FUZZ, "run `cargo fmt --manifest-path fuzz/Cargo.toml`"),
    ] {
        let mut command = cargo();
        command.args(["fmt", "--all", "--check", "--manifest-path", manifest]);
        let outcome = passes(scene, &mut command, remedy)?;
        if !matches!(outcome, Outcome::Good(_)) {
            return Ok(outcome);
        }
    }
    Ok(Outcome::Good(String::new()))
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
        "fix what clippy names; an exception is an `expect` with its reason",
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
    passes(scene, &mut command, "fix what rustdoc names")
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
    let program = match DENY.find(scene.workspace) {
        Some(program) => program,
        None if scene.install => DENY.install(scene.guard, scene.workspace)?,
        None => {
            return Ok(Outcome::Bad {
                note: DENY.hint(),
                details: String::new(),
            });
        }
    };
    let arguments = ["check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    judged(
        scene,
        &program,
        &arguments,
        "see deny.toml, where each rule has its reason; a stale fuzz/Cargo.lock is renewed by \
         `cargo metadata --manifest-path fuzz/Cargo.toml`",
    )
}

/// Both workspaces by one set of rules.
fn judged(scene: &Scene<'_>, deny: &Path, arguments: &[&str], remedy: &str) -> Result<Outcome> {
    for manifest in [WORKSPACE, FUZZ] {
        let outcome = passes(scene, &mut deny::command(deny, manifest, arguments), remedy)?;
        if !matches!(outcome, Outcome::Good(_)) {
            return Ok(outcome);
        }
    }
    Ok(Outcome::Good(String::new()))
}

fn advisories(scene: &Scene<'_>) -> Result<Outcome> {
    let Some(program) = DENY.find(scene.workspace) else {
        return Ok(Outcome::NotRun(DENY.hint()));
    };
    let fetched = capture_within(
        scene.guard,
        &mut deny::command(&program, WORKSPACE, &["fetch", "db"]),
        FETCH,
    );
    if !fetched.is_ok_and(|answer| answer.status.success()) {
        return Ok(Outcome::NotRun(
            "the advisory database is out of reach from here".to_owned(),
        ));
    }
    let arguments = ["check", "--disable-fetch", "--hide-inclusion-graph", "advisories"];
    judged(
        scene,
        &program,
        &arguments,
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
