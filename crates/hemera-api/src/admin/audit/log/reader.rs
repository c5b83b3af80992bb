//! Two connections that see the same state of the database, each answer in a bounded time.

use std::time::Duration;

use sqlx::PgConnection;

use super::query;
use crate::admin::Failure;
use crate::config::DatabaseUrl;
use crate::database::{cause_of, connect};

/// How long one answer may take. A statement over all records is one.
const DEADLINE: Duration = Duration::from_mins(10);

/// Why the log could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error(
        "the database refuses what the check reads ({0}): use the login of an auditor, a member of hemera_auditor"
    )]
    Refused(String),
    #[error("the database gave no answer within {} minutes: run the command again when it is less busy", DEADLINE.as_secs() / 60)]
    NoAnswer,
}

impl From<sqlx::Error> for ReadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Refused(cause_of(&error))
    }
}

/// An answer of the database, within the deadline.
pub(super) async fn within<T>(answer: impl Future<Output = sqlx::Result<T>>) -> Result<T, ReadError> {
    match tokio::time::timeout(DEADLINE, answer).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(ReadError::NoAnswer),
    }
}

/// Two connections with one snapshot: one streams, the other one looks up.
pub(super) async fn snapshot(
    url: &DatabaseUrl,
    command: &str,
) -> Result<(PgConnection, PgConnection), Failure> {
    let options = url.options().application_name(command);
    let mut first = connect(url, &options).await?;
    // Single look-ups by key are faster than a join over all partitions, however few records were counted.
    let look_up = options.options([("enable_hashjoin", "off"), ("enable_mergejoin", "off")]);
    let mut second = connect(url, &look_up).await?;
    let snapshot = within(query::begin_snapshot(&mut first)).await?;
    within(query::begin_with(&mut second, &snapshot)).await?;
    Ok((first, second))
}
