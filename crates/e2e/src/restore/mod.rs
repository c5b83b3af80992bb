//! A database is restored to a moment in the middle of its writes: what is promised of it, held against what is seen.

mod archive;
mod lost;
mod query;
mod scenario;
mod tamper;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::chaos::postgres_folder;
use crate::chaos::served::Binaries;
use crate::kept::Protocol;
use crate::stack;

/// Restores a PostgreSQL from a base backup and its log to a moment in the middle of writes, lets the servers go on in a new
/// epoch, and prints what was promised beside what was seen.
///
/// Exit code 0: every promise was kept. 1: one was broken, or it could not be run.
#[derive(Args, Clone, Debug)]
pub(crate) struct Restore {
    /// One JSON document at the end, for machines
    #[arg(long)]
    json: bool,
}

impl Restore {
    /// Runs it.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let folder = postgres_folder().context(
            "HEMERA_POSTGRES_BIN names no folder with initdb and postgres: start this with `cargo xtask restore`",
        )?;
        let binaries = Binaries {
            hemera_api: stack::program("HEMERA_API_BIN")?,
            clerk_emulator: stack::program("CLERK_EMULATOR_BIN")?,
        };
        let mut protocol = Protocol::new(self.json);
        // Asked to end, the fixtures are dropped, and what they started ends with them.
        let (mut interrupted, mut terminated) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::select! {
            outcome = Box::pin(scenario::run(&binaries, &folder, &mut protocol)) => outcome?,
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
