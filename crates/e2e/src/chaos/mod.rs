//! Fault scenarios against the real binaries: something breaks, and the promises of Hemera are held against what is seen.

mod disk;
mod evidence_cost;
mod flood;
pub(crate) mod front;
mod hostile;
pub(crate) mod ledger;
pub(crate) mod load;
pub(crate) mod outcome;
pub(crate) mod owner;
pub(crate) mod postgres;
pub(crate) mod promise;
pub(crate) mod query;
pub(crate) mod report;
pub(crate) mod run;
mod scenario;
pub(crate) mod served;
pub(crate) mod site;

use std::process::ExitCode;

use clap::{Args, ValueEnum as _};
use freshness::{Clock as _, SystemClock};
use tokio::signal::unix::{SignalKind, signal};

pub(crate) use self::flood::Sender;
use self::outcome::{Outcome, Verdict};
use self::run::{Progress, Run, Scale};
use self::scenario::Fault;
use self::site::Tools;
pub(crate) use self::site::postgres_folder;
use crate::stack::{self, Programs};

/// The exit code where a scenario could not be run, and no promise was seen broken.
const NOT_RUN: u8 = 3;

/// Runs fault scenarios and prints what was seen as a table.
///
/// Exit code 0: every promise was kept. 1: one was broken; it is named. 3: none was broken, and a scenario could not be
/// run.
#[derive(Args, Clone, Debug)]
pub(crate) struct Chaos {
    /// The scenarios to run [default: all]
    #[arg(value_enum)]
    scenarios: Vec<Fault>,
    /// All of it within two minutes: shorter deadlines of the server, fewer rounds
    #[arg(long)]
    short: bool,
    /// One JSON document at the end, for machines
    #[arg(long)]
    json: bool,
}

impl Chaos {
    /// Runs what was asked for.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let folder = site::postgres_folder().ok_or_else(|| {
            anyhow::anyhow!("HEMERA_POSTGRES_BIN names no folder with initdb and postgres: start this with `cargo xtask chaos`")
        })?;
        let tools = Tools {
            hemera_api: stack::program("HEMERA_API_BIN")?,
            clerk_emulator: stack::program("CLERK_EMULATOR_BIN")?,
            postgres: folder,
        };
        let scenarios = if self.scenarios.is_empty() {
            Fault::value_variants().to_vec()
        } else {
            self.scenarios.clone()
        };
        let scale = if self.short { Scale::Short } else { Scale::Full };
        let progress = Progress::start(scenarios.len());
        let run = Run {
            tools: &tools,
            scale,
            is_release: true,
            progress: &progress,
        };
        // Asked to end, the fixtures are dropped, and what they started ends with them.
        let (mut interrupted, mut terminated) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let outcomes = tokio::select! {
            outcomes = run_all(&run, &scenarios) => outcomes,
            _ = interrupted.recv() => anyhow::bail!("interrupted"),
            _ = terminated.recv() => anyhow::bail!("asked to end"),
        };
        progress.finish();
        report::print(&outcomes, self.json)?;
        let verdicts: Vec<_> = outcomes.iter().map(Outcome::verdict).collect();
        Ok(if verdicts.contains(&Verdict::Broken) {
            ExitCode::FAILURE
        } else if verdicts.contains(&Verdict::NotRun) {
            ExitCode::from(NOT_RUN)
        } else {
            ExitCode::SUCCESS
        })
    }
}

async fn run_all(run: &Run<'_>, scenarios: &[Fault]) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for fault in scenarios {
        run.progress.scenario(&fault.name());
        outcomes.push(one(run, *fault).await);
        run.progress.ended();
    }
    outcomes
}

async fn one(run: &Run<'_>, fault: Fault) -> Outcome {
    let began = SystemClock.now();
    let mut outcome = Outcome {
        scenario: fault.name(),
        ..Outcome::default()
    };
    if let Err(error) = fault.run(run, &mut outcome).await {
        outcome.not_run = Some(format!("{error:#}"));
        outcome.is_error = true;
    }
    outcome.took = Some(SystemClock.now().since(began));
    outcome
}

/// The short form of every scenario, one after the other, for the end-to-end walk. Nothing where this machine has no
/// programs of PostgreSQL.
pub(crate) fn in_short(programs: &Programs) -> Option<Short> {
    let tools = Tools {
        hemera_api: programs.hemera_api.clone(),
        clerk_emulator: programs.clerk_emulator.clone(),
        postgres: site::postgres_folder()?,
    };
    Some(Short { tools })
}

/// The short form of the scenarios.
#[derive(Debug)]
pub(crate) struct Short {
    tools: Tools,
}

impl Short {
    /// The names of the scenarios.
    pub(crate) fn names() -> Vec<String> {
        Fault::value_variants().iter().map(|fault| fault.name()).collect()
    }

    /// Runs the scenario of this place in the list. Gives what this machine lacks for it, if so.
    ///
    /// # Errors
    /// A promise was broken, or the scenario could not be run to its end: what, and why.
    pub(crate) async fn run(&self, place: usize) -> Result<Option<String>, String> {
        let Some(fault) = Fault::value_variants().get(place) else {
            return Ok(None);
        };
        let progress = Progress::quiet();
        // The walk's own builds, which are not optimized.
        let run = Run {
            tools: &self.tools,
            scale: Scale::Short,
            is_release: false,
            progress: &progress,
        };
        let outcome = one(&run, *fault).await;
        match outcome.verdict() {
            Verdict::Kept => Ok(None),
            Verdict::Broken => Err(report::broken(&outcome).join("; ")),
            Verdict::NotRun if !outcome.is_error && outcome.not_run.is_some() => Ok(outcome.not_run),
            Verdict::NotRun => Err(outcome.not_run.unwrap_or_else(|| "it held nothing".to_owned())),
        }
    }
}
