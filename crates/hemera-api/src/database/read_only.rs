//! Sessions that take no writes: PostgreSQL is a standby there, or was the primary until a fail-over.

use sqlx::{Error, PgConnection};

use super::query;

/// The session takes no writes.
#[derive(Debug, thiserror::Error)]
#[error("PostgreSQL takes no writes here: it is a standby, or default_transaction_read_only is on")]
pub(crate) struct ReadOnly;

impl From<ReadOnly> for Error {
    fn from(read_only: ReadOnly) -> Self {
        Self::AnyDriverError(Box::new(read_only))
    }
}

/// Asks PostgreSQL for a sign of life, and whether the session takes writes.
///
/// # Errors
/// [`ReadOnly`] where it takes none, and whatever the question gave.
pub(super) async fn check_writable(session: &mut PgConnection) -> Result<(), Error> {
    if query::is_read_only(session).await? {
        return Err(ReadOnly.into());
    }
    Ok(())
}
