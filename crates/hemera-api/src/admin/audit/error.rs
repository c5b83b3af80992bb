//! Why a command that reads the audit trail stopped.

use std::time::Duration;

use super::position::Position;
use crate::config::DatabaseUrl;
use crate::database::DatabaseError;

/// PostgreSQL's codes of a statement that took too long, of a missing right, and of a lock that was not free in time.
const QUERY_CANCELED: &str = "57014";
const INSUFFICIENT_PRIVILEGE: &str = "42501";
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// Why a command stopped. Each in one line, with what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuditCommandError {
    /// The database cannot be used, or the login may not read what the command needs.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A statement took longer than it may.
    #[error(
        "the database did not answer within {} s: give a shorter period (--since, --until), or look at its load",
        .0.as_secs()
    )]
    TooSlow(Duration),
    /// A partition stayed in use.
    #[error(
        "the audit log stayed in use by another session for {} s, so nothing of this month was dropped: run it again, or end the \
         session (pg_stat_activity)",
        .0.as_secs()
    )]
    InUse(Duration),
    /// The period ends before it begins.
    #[error("--until is not after --since: give a later one")]
    EmptyPeriod,
    /// The period begins before time can be counted.
    #[error("--since is too long ago: use a shorter span")]
    TooLongAgo,
    /// The log is shorter than a reader has seen it.
    #[error(
        "the log ends at {end}, before {after}: was the database restored from a backup? Compare with audit verify, and begin \
         behind a leaf that is there, for example --after {end}"
    )]
    BehindTheEnd {
        /// Where the reader wants to go on.
        after: Position,
        /// The last leaf.
        end: Position,
    },
    /// The process may not listen for signals.
    #[error("the signals of the process cannot be read ({0}): run the command without --follow")]
    Signals(std::io::Error),
}

impl AuditCommandError {
    /// Why a statement failed.
    pub(super) fn of(url: &DatabaseUrl, limits: Limits, purpose: Purpose, error: &sqlx::Error) -> Self {
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code);
        match code.as_deref() {
            Some(QUERY_CANCELED) => Self::TooSlow(limits.statement),
            Some(LOCK_NOT_AVAILABLE) => Self::InUse(limits.lock),
            Some(INSUFFICIENT_PRIVILEGE) if purpose == Purpose::Change => {
                Self::Database(DatabaseError::changing(url, error))
            }
            _ => Self::Database(DatabaseError::reading_audit(url, error)),
        }
    }
}

/// How long the statements of a command may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) statement: Duration,
    pub(super) lock: Duration,
}

/// What a session is for: who lacks a right needs another login, by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To read, as an auditor.
    Read,
    /// To change the schema, as its owner.
    Change,
}
