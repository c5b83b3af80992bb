//! A PostgreSQL that fails over, in front of which the servers go on: what is promised, held against what is seen.

mod canary;
mod cluster;
mod member;
mod patroni;
mod process;
mod query;
mod scenario;
mod tools;

use std::process::ExitCode;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use self::tools::ClusterTools;
use crate::kept::Protocol;

/// Kills the primary of a PostgreSQL cluster under load, and prints what was promised beside what was seen.
///
/// Exit code 0: every promise was kept. 1: one was broken, or it could not be run.
#[derive(Args, Clone, Debug)]
pub(crate) struct Failover {
    /// One JSON document at the end, for machines
    #[arg(long)]
    json: bool,
}

impl Failover {
    /// Runs it.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let tools = ClusterTools::from_environment()?;
        let mut protocol = Protocol::new(self.json);
        // Asked to end, the fixtures are dropped, and what they started ends with them.
        let (mut interrupted, mut terminated) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::select! {
            outcome = Box::pin(scenario::run(&tools, &mut protocol)) => outcome?,
            _ = interrupted.recv() => anyhow::bail!("interrupted"),
            _ = terminated.recv() => anyhow::bail!("asked to end"),
        }
        protocol.print()?;
        Ok(if protocol.is_kept() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
