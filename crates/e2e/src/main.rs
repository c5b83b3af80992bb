//! `e2e`: the whole stack, driven as its users drive it.
//!
//! Real `hemera-api` and `clerk-emulator` processes and a real PostgreSQL, walked through
//! `aither-client`. `cargo xtask e2e` builds and finds everything and starts this.

mod accounts;
mod admissions;
mod aither;
mod auditor;
mod chaos;
mod checklist;
mod child;
mod clerk_control;
mod command_line;
mod database;
mod drill;
mod drills;
mod example;
mod failover;
mod failure;
mod kept;
mod leak;
mod monitoring;
mod operator;
mod query;
mod restore;
mod scale;
mod scenario;
mod setting_name;
mod shown;
mod stack;
mod staging;
mod walk;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use freshness::{Clock, SystemClock};
use url::Url;

use crate::chaos::{Chaos, Sender};
use crate::checklist::Checklist;
use crate::drill::Drill;
use crate::failover::Failover;
use crate::monitoring::Monitoring;
use crate::restore::Restore;
use crate::scale::TwoServers;
use crate::scenario::Scenario;
use crate::stack::Programs;
use crate::staging::Staging;

/// Walks the promises of the integration against the real thing, and prints them as a checklist.
///
/// Exit code 0: every promise holds. 1: one does not, or the walk could not be made.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    subcommand_negates_reqs = true,
    args_conflicts_with_subcommands = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Every scenario, not only the main path
    #[arg(long)]
    all: bool,
    /// One JSON document at the end, for machines
    #[arg(long)]
    json: bool,
    /// The PostgreSQL server to use; databases `hemera_e2e_…` are made there and removed
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, required = true)]
    database_url: Option<Url>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Chaos(Chaos),
    Drill(Drill),
    Failover(Failover),
    Monitoring(Monitoring),
    Restore(Restore),
    #[command(name = "scale")]
    TwoServers(TwoServers),
    Staging(Staging),
    /// The sender of the scenario `flood`
    #[command(hide = true)]
    Flood(Sender),
}

#[tokio::main]
async fn main() -> ExitCode {
    match Box::pin(run(Arguments::parse())).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("e2e: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.command {
        Some(Command::Chaos(chaos)) => return chaos.run().await,
        Some(Command::Drill(drill)) => return drill.run().await,
        Some(Command::Failover(failover)) => return failover.run().await,
        Some(Command::Monitoring(monitoring)) => return monitoring.run().await,
        Some(Command::Restore(restore)) => return restore.run().await,
        Some(Command::TwoServers(servers)) => return servers.run().await,
        Some(Command::Staging(staging)) => return Box::pin(staging.run()).await,
        Some(Command::Flood(sender)) => return sender.run().await.map(|()| ExitCode::SUCCESS),
        None => {}
    }
    let began = SystemClock.now();
    let programs = Programs {
        hemera_api: stack::program("HEMERA_API_BIN")?,
        clerk_emulator: stack::program("CLERK_EMULATOR_BIN")?,
        database_server: arguments.database_url.context("DATABASE_URL is not set")?,
    };
    let mut checklist = Checklist::new(arguments.json);
    for scenario in Scenario::ALL {
        if arguments.all || scenario.is_main() {
            scenario.walk(&programs, &mut checklist).await?;
        }
    }
    let passed = checklist.finish(SystemClock.now().since(began))?;
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
