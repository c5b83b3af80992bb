//! From a database error to what the caller may know of it.

use std::time::Duration;

use super::{ApiError, Reason};
use crate::database::{NoAnswer, ReadOnly};

/// When to come again after the database was out of reach.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Classes and codes of SQLSTATE that pass by themselves: the server is starting, stopping, full, is the primary no longer, or
/// had to choose between two transactions.
const PASSING: [&str; 6] = ["08", "25006", "53", "57P", "40001", "40P01"];

/// Codes of SQLSTATE for a statement that PostgreSQL ended at its deadline, and for a lock that was not to be had.
const STATEMENT_TIMED_OUT: &str = "57014";
const LOCK_TIMED_OUT: &str = "55P03";

impl From<sqlx::Error> for ApiError {
    /// Out of reach is a 503, anything else is a fault of ours. Handlers ask for rows with `fetch_optional`: a row
    /// that is not there is an answer, not an error.
    fn from(error: sqlx::Error) -> Self {
        match reason(&error) {
            Some(reason) => Self::unavailable(reason, RETRY_AFTER).with_cause(error),
            None => Self::internal(error).with_reason(Reason::DatabaseError),
        }
    }
}

fn reason(error: &sqlx::Error) -> Option<Reason> {
    match error {
        sqlx::Error::PoolTimedOut => Some(Reason::DatabasePoolExhausted),
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) | sqlx::Error::Tls(_) => {
            Some(Reason::DatabaseUnreachable)
        }
        // A connection that ends while it is being opened reads as an unknown answer to its first question.
        sqlx::Error::Protocol(_) => Some(Reason::DatabaseUnreachable),
        sqlx::Error::AnyDriverError(error) if error.is::<NoAnswer>() => {
            Some(Reason::DatabaseStatementTimedOut)
        }
        sqlx::Error::AnyDriverError(error) if error.is::<ReadOnly>() => Some(Reason::DatabaseUnreachable),
        sqlx::Error::Database(error) => match &*error.code().unwrap_or_default() {
            STATEMENT_TIMED_OUT => Some(Reason::DatabaseStatementTimedOut),
            LOCK_TIMED_OUT => Some(Reason::DatabaseLockTimedOut),
            code => PASSING
                .iter()
                .any(|passing| code.starts_with(passing))
                .then_some(Reason::DatabaseUnreachable),
        },
        _ => None,
    }
}
