//! `cargo xtask check`: what a commit must pass, apart from the tests.

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use crate::Verdict;
use crate::guard::Guard;
use crate::screen::{Mark, Step, say};
use crate::signals;
use crate::stopwatch::Stopwatch;
use crate::workspace::Workspace;

mod deploy;
mod package;
mod steps;

/// Check formatting, lints, documentation, packages, licences, query data, deployment files and the rules of this workspace.
///
/// Every step runs, also after one that failed. Tests are `cargo xtask test`.
#[derive(Args, Debug)]
#[command(after_help = "Example: cargo xtask check fmt tidy")]
pub(crate) struct Check {
    /// Only these steps
    #[arg(value_name = "STEP", value_parser = steps::names())]
    only: Vec<String>,
    /// Install what is missing: cargo-deny, hadolint, actionlint and zizmor (into the target folder), the packages of PostgreSQL
    /// and HAProxy
    #[arg(long)]
    install: bool,
    /// The table of steps as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// What a step works with.
pub(crate) struct Scene<'a> {
    pub(crate) guard: &'a Guard,
    pub(crate) workspace: &'a Workspace,
    pub(crate) install: bool,
    /// Its line on the screen.
    pub(crate) shown: &'a Step,
}

/// What a step found.
#[derive(Debug)]
pub(crate) enum Outcome {
    Good(String),
    /// What to do about it, and all that was found.
    Bad {
        note: String,
        details: String,
    },
    /// Why it could not be checked; that is no failure.
    NotRun(String),
}

/// A row of the table.
#[derive(Debug, Serialize)]
struct Row {
    step: &'static str,
    verdict: &'static str,
    seconds: f64,
    note: String,
}

impl Check {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let watch = Stopwatch::start();
        let workspace = Workspace::load(guard)?;
        let wanted = |name: &str| self.only.is_empty() || self.only.iter().any(|only| only == name);
        let rows: Vec<Row> = steps::ALL
            .iter()
            .filter(|step| wanted(step.name))
            .map(|step| self.take(step, guard, &workspace))
            .collect();
        if self.json {
            println!("{}", serde_json::to_string_pretty(&rows)?);
        }
        let with = |verdict: &str| -> Vec<&str> {
            rows.iter()
                .filter(|row| row.verdict == verdict)
                .map(|row| row.step)
                .collect()
        };
        let (failed, not_run) = (with("failed"), with("not run"));
        let but = if not_run.is_empty() {
            String::new()
        } else {
            format!("; not run: {}", not_run.join(", "))
        };
        if failed.is_empty() {
            say(&format!(
                "{} of {} checks passed{but} ({watch})",
                with("passed").len(),
                rows.len()
            ));
            Ok(Verdict::Good)
        } else {
            say(&format!("failed: {}{but} ({watch})", failed.join(", ")));
            Ok(Verdict::Bad)
        }
    }

    fn take(&self, step: &steps::CheckStep, guard: &Guard, workspace: &Workspace) -> Row {
        let watch = Stopwatch::start();
        // Padded, so that the lines are a table.
        let shown = Step::start(&format!("{:<10} {}", step.name, step.about));
        let scene = Scene {
            guard,
            workspace,
            install: self.install,
            shown: &shown,
        };
        let outcome = (step.run)(&scene).unwrap_or_else(|error| Outcome::Bad {
            note: "could not be run".to_owned(),
            details: format!("{error:#}"),
        });
        // The output of a step that a signal has killed is no finding.
        signals::park_if_interrupted();
        let (mark, verdict, note, details) = match outcome {
            Outcome::Good(note) => (Mark::Good, "passed", note, String::new()),
            Outcome::Bad { note, details } => (Mark::Bad, "failed", note, details),
            Outcome::NotRun(note) => (Mark::Skipped, "not run", note, String::new()),
        };
        shown.end(mark, &note);
        if !details.is_empty() {
            say(&details);
        }
        Row {
            step: step.name,
            verdict,
            seconds: watch.elapsed().as_secs_f64(),
            note,
        }
    }
}
