//! The scenarios: each starts its own PostgreSQL, Clerk and servers, breaks something, and stops all of it.

mod audit_trail;
mod clerk_gone;
mod disk_full;
mod flood;
mod hostile_sockets;
mod locked_row;
mod redis_gone;
mod restart_postgres;
mod restart_server;
mod stopped_backend;
mod swallowed;

use clap::ValueEnum;

use crate::chaos::outcome::Outcome;
use crate::chaos::run::Run;

/// A fault scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Fault {
    /// The network swallows what all connections to PostgreSQL carry, or that of the audit writer; SIGTERM meanwhile
    Swallowed,
    /// Another login holds a row's lock: twenty writers, others beside them, and writes that were given up
    LockedRow,
    /// A backend of PostgreSQL is stopped, once an idle one and once a busy one
    StoppedBackend,
    /// One of two servers is killed, and one is asked to end, under load
    RestartServer,
    /// PostgreSQL is restarted with 10 and with 30 open connections
    RestartPostgres,
    /// PostgreSQL's disk is full, for its data and its log (Linux, as root)
    DiskFull,
    /// The Redis of two servers is killed, stopped and emptied
    RedisGone,
    /// Clerk cuts connections, answers nothing, or answers 500
    ClerkGone,
    /// 5,000 requests a second, or what the machine gives: by one user, by fifty, by unproven callers
    Flood,
    /// Half-open and slow connections, readers that do not read, garbage, requests hidden in one another
    HostileSockets,
    /// 100,000 requests with a kill, a SIGTERM and a restart in the middle; then an auditor checks the log
    AuditTrail,
}

impl Fault {
    /// The name on the command line and in the table.
    pub(crate) fn name(self) -> String {
        let value = self.to_possible_value();
        value.map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Walks through it.
    ///
    /// # Errors
    /// The surroundings could not be had, or something in them broke: this says nothing about promises.
    pub(crate) async fn run(self, run: &Run<'_>, outcome: &mut Outcome) -> anyhow::Result<()> {
        // Each on the heap, so that a run is not as large as its largest scenario.
        match self {
            Self::Swallowed => Box::pin(swallowed::run(run, outcome)).await,
            Self::LockedRow => Box::pin(locked_row::run(run, outcome)).await,
            Self::StoppedBackend => Box::pin(stopped_backend::run(run, outcome)).await,
            Self::RestartServer => Box::pin(restart_server::run(run, outcome)).await,
            Self::RestartPostgres => Box::pin(restart_postgres::run(run, outcome)).await,
            Self::DiskFull => Box::pin(disk_full::run(run, outcome)).await,
            Self::RedisGone => Box::pin(redis_gone::run(run, outcome)).await,
            Self::ClerkGone => Box::pin(clerk_gone::run(run, outcome)).await,
            Self::Flood => Box::pin(flood::run(run, outcome)).await,
            Self::HostileSockets => Box::pin(hostile_sockets::run(run, outcome)).await,
            Self::AuditTrail => Box::pin(audit_trail::run(run, outcome)).await,
        }
    }
}
