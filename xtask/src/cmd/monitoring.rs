//! `cargo xtask monitoring`: whether rules and dashboard are right, held against the running programs.

use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::Verdict;
use crate::build::build;
use crate::guard::Guard;
use crate::postgres;
use crate::process::{capture, capture_within};
use crate::prometheus::{self, Prometheus};
use crate::screen::{Mark, Step, say};
use crate::signals;
use crate::stopwatch::Stopwatch;
use crate::workspace::{Workspace, root};

/// Check alert rules and dashboard, by their tests and against the running programs.
///
/// promtool runs the tests of the rules. Then the stack is started and asked, and a real Prometheus with the project's
/// configuration scrapes it: every rule is evaluated, each metric and label that a rule or the dashboard names exists, every
/// query of the dashboard has a result, and alerts fire for what they are for, and not in ordinary work.
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

/// How long the running programs may be held against the rules.
const AT_MOST: Duration = Duration::from_mins(5);
const FOLDER: &str = "deploy/prometheus";
/// The example to start from, and the one of deploy/compose.yml.
const CONFIGURATIONS: [&str; 2] = ["prometheus.yml", "compose.yml"];

/// A row of the table.
#[derive(Debug, Deserialize, Serialize)]
struct Row {
    check: String,
    verdict: String,
    seconds: f64,
    note: String,
    /// All that does not hold.
    wrong: Vec<String>,
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
        let mut rows = vec![
            row("rules: syntax, and the configurations", || {
                syntax(guard, &prometheus)
            })?,
            row("rules: the tests of each alert", || {
                unit_tests(guard, &prometheus)
            })?,
        ];
        rows.extend(self.live(guard, &prometheus)?);
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

    /// What `e2e monitoring` holds against the running programs.
    fn live(&self, guard: &Guard, prometheus: &Prometheus) -> Result<Vec<Row>> {
        let server = postgres::find(guard, self.install)?;
        server.sweep(guard)?;
        build(guard, &["hemera-api", "clerk-emulator"])?;
        build(guard, &["e2e"])?;
        let workspace = Workspace::load(guard)?;
        let step = Step::start("the running programs under a Prometheus");
        let mut command = Command::new(workspace.binary("e2e"));
        command
            .current_dir(root())
            .arg("monitoring")
            .env("DATABASE_URL", server.url.expose())
            .env("HEMERA_API_BIN", workspace.binary("hemera-api"))
            .env("CLERK_EMULATOR_BIN", workspace.binary("clerk-emulator"))
            .env("PROMETHEUS_BIN", &prometheus.server)
            .env("PROMTOOL_BIN", &prometheus.promtool);
        let answer = capture_within(guard, &mut command, AT_MOST)?;
        signals::park_if_interrupted();
        let Ok(rows) = serde_json::from_str::<Vec<Row>>(&answer.stdout) else {
            step.end(Mark::Bad, "could not be run");
            bail!("{}", answer.text());
        };
        let good = rows.iter().all(|row| row.verdict == "passed");
        step.end(if good { Mark::Good } else { Mark::Bad }, "");
        for row in &rows {
            show(row);
        }
        Ok(rows)
    }
}

/// A line of the table, and what does not hold.
fn show(row: &Row) {
    let mark = if row.verdict == "passed" {
        Mark::Good
    } else {
        Mark::Bad
    };
    let note = if row.note.is_empty() {
        String::new()
    } else {
        format!(": {}", row.note)
    };
    say(&format!(
        "{} {}{note} ({:.1} s)",
        mark.sign(),
        row.check,
        row.seconds
    ));
    for wrong in &row.wrong {
        say(&format!("    {wrong}"));
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
        verdict: if good { "passed" } else { "failed" }.to_owned(),
        seconds: watch.elapsed().as_secs_f64(),
        note: found.note,
        wrong: found.wrong,
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
            command.args(CONFIGURATIONS);
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
