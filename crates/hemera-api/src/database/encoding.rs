//! Whether the database can hold every character that callers send.

use sqlx::PgConnection;

use super::{DatabaseError, one_line, query};
use crate::config::DatabaseUrl;

const UTF_8: &str = "UTF8";

/// Checks that the database keeps text as UTF-8. In any other encoding a write fails with the first character that has
/// no place there, be it in the caller's User-Agent.
///
/// # Errors
/// [`DatabaseError::NotUtf8`], or [`DatabaseError::Unreachable`].
pub(crate) async fn check_encoding(
    connection: &mut PgConnection,
    url: &DatabaseUrl,
) -> Result<(), DatabaseError> {
    let encoding = query::encoding(connection)
        .await
        .map_err(|error| DatabaseError::Unreachable {
            address: url.shown(),
            cause: one_line(&error),
        })?;
    if encoding == UTF_8 {
        return Ok(());
    }
    Err(DatabaseError::NotUtf8 {
        address: url.shown(),
        encoding,
    })
}
