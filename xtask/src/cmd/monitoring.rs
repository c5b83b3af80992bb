//! `cargo xtask monitoring`: whether rules and dashboard are right, held against the running programs.

use std::path::PathBuf;
use std::process::Command;
use std::thread;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Serialize;

use crate::Verdict;
use crate::guard::Guard;
use crate::process::capture;
use crate::prometheus::{self, Prometheus};
use crate::screen::{Mark, Step, say};
use crate::signals;
use crate::stopwatch::Stopwatch;
use crate::workspace::root;

/// Check the alert rules with their tests.
///
/// The rules and their tests by promtool.
#[derive(Args, Debug)]
#[command(after_help = "Exit code 1: something does not hold; the table says what.")]
pub(crate) struct Monitoring {
    /// The table as JSON on standard output
    #[arg(long)]
    json: bool,
    /// Install what is missing, from the system's packages; no service is started
    #[arg(long)]
    install: bool,
}

const FOLDER: &str = "deploy/prometheus";

/// A row of the table.
#[derive(Debug, Serialize)]
struct Row {
    check: String,
    verdict: &'static str,
    seconds: f64,
    note: String,
}

/// What a check found: a note, and everything that does not hold.
struct Found {
    note: String,
    wrong: Vec<String>,
}

impl Monitoring {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let watch = Stopwatch::start();
        let prometheus = prometheus::require(guard, self.install)?;
        let rows = vec![
            row("rules: syntax, and the example configuration", || {
                syntax(guard, &prometheus)
            })?,
            row("rules: the tests of each alert", || {
                unit_tests(guard, &prometheus)
            })?,
        ];
        if self.json {
            println!("{}", serde_json::to_string_pretty(&rows)?);
        }
        let failed = rows.iter().filter(|row| row.verdict == "failed").count();
        say(&format!(
            "{} of {} checks passed ({watch})",
            rows.len() - failed,
            rows.len()
        ));
        Ok(if failed == 0 { Verdict::Good } else { Verdict::Bad })
    }
}

fn row(check: &str, run: impl FnOnce() -> Result<Found>) -> Result<Row> {
    let watch = Stopwatch::start();
    let step = Step::start(check);
    let found = run()?;
    // The output of a program that a signal has ended is no finding.
    signals::park_if_interrupted();
    let good = found.wrong.is_empty();
    step.end(if good { Mark::Good } else { Mark::Bad }, &found.note);
    for wrong in &found.wrong {
        say(wrong);
    }
    Ok(Row {
        check: check.to_owned(),
        verdict: if good { "passed" } else { "failed" },
        seconds: watch.elapsed().as_secs_f64(),
        note: [vec![found.note], found.wrong].concat().join("\n"),
    })
}

fn syntax(guard: &Guard, prometheus: &Prometheus) -> Result<Found> {
    let mut wrong = Vec::new();
    let rules = files("rules")?;
    for arguments in [vec!["check", "rules"], vec!["check", "config"]] {
        let mut command = Command::new(&prometheus.promtool);
        command.current_dir(root().join(FOLDER)).args(&arguments);
        if arguments.ends_with(&["rules"]) {
            command.args(&rules);
        } else {
            command.arg("prometheus.yml");
        }
        let answer = capture(guard, &mut command)?;
        if !answer.status.success() {
            wrong.push(answer.text());
        }
    }
    Ok(Found {
        note: format!("{} files", rules.len()),
        wrong,
    })
}

/// All files at the same time: each is one program on one processor.
fn unit_tests(guard: &Guard, prometheus: &Prometheus) -> Result<Found> {
    let tests = files("tests")?;
    let answers = thread::scope(|scope| {
        let running: Vec<_> = tests
            .iter()
            .map(|file| {
                scope.spawn(move || {
                    let mut command = Command::new(&prometheus.promtool);
                    command.current_dir(root().join(FOLDER));
                    capture(guard, command.args(["test", "rules"]).arg(file))
                })
            })
            .collect();
        let joined = running.into_iter().map(thread::ScopedJoinHandle::join);
        joined.collect::<Vec<_>>()
    });
    let mut wrong = Vec::new();
    for answer in answers {
        let answer = answer.ok().context("a test of the rules was not run")??;
        if !answer.status.success() {
            wrong.push(answer.text());
        }
    }
    Ok(Found {
        note: format!("{} files", tests.len()),
        wrong,
    })
}

/// The files of a folder of the rules, in order.
fn files(folder: &str) -> Result<Vec<PathBuf>> {
    let folder = root().join(FOLDER).join(folder);
    let listed =
        std::fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut files = listed
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}
