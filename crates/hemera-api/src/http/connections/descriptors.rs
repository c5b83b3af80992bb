//! Open files, of which every connection is one: how many the process may have, and what is said where that is too few.

use std::io;

use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit};

use crate::config::Config;
use crate::metrics::AcceptFailure;

/// What an operator does about it.
pub(super) const REMEDY: &str = "raise the limit of open files (systemd: LimitNOFILE=, a shell: ulimit -n), or lower \
                                 HEMERA_HTTP__MAX_CONNECTIONS";

/// For the listeners, the log, the runtime, a Redis, and the connections of scrapers.
const OTHERS: usize = 64;

/// Warns where the process may not have as many open files as the configuration can need.
pub(crate) fn warn_if_too_few(config: &Config) {
    let needed = needed(config) as u64;
    match getrlimit(Resource::RLIMIT_NOFILE) {
        Ok((limit, _)) if limit < needed => tracing::warn!(
            limit,
            needed,
            connections = config.http.max_connections,
            "the process may not have as many open files as its settings need: {REMEDY}"
        ),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the limit of open files cannot be read"),
    }
}

/// Every connection of a caller, one to Clerk for each request that is worked on, and those to the database.
fn needed(config: &Config) -> usize {
    let http = &config.http;
    let to_clerk = http.concurrency.min(http.max_connections);
    let to_database = usize::try_from(config.database.max_connections).unwrap_or(usize::MAX);
    http.max_connections
        .saturating_add(to_clerk)
        .saturating_add(to_database)
        .saturating_add(OTHERS)
}

/// What an error of `accept` is about.
pub(super) fn failure_of(error: &io::Error) -> AcceptFailure {
    match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::EMFILE | Errno::ENFILE) => AcceptFailure::NoDescriptor,
        _ => AcceptFailure::Other,
    }
}
