//! Whether the PostgreSQL server is one that Hemera can use.

use sqlx::PgConnection;

use super::{DatabaseError, LEAST_VERSION, query};
use crate::config::DatabaseUrl;

/// The encoding of the database. In any other one a write fails with the first character that the encoding lacks, even
/// one in the caller's User-Agent.
const ENCODING: &str = "UTF8";

/// Checks the version of PostgreSQL and the encoding of the database, and that it takes writes.
///
/// # Errors
/// [`DatabaseError::TooOld`], [`DatabaseError::NotUtf8`], [`DatabaseError::ReadOnly`], or why they could not be read.
pub(crate) async fn check_server(
    connection: &mut PgConnection,
    url: &DatabaseUrl,
) -> Result<(), DatabaseError> {
    let server = query::server(connection)
        .await
        .map_err(|error| DatabaseError::checking(url, &error))?;
    // 150018 is 15.18.
    if server.version_number / 10_000 < LEAST_VERSION {
        return Err(DatabaseError::TooOld {
            address: url.shown(),
            version: server.version,
        });
    }
    if server.encoding != ENCODING {
        return Err(DatabaseError::NotUtf8 {
            address: url.shown(),
            encoding: server.encoding,
        });
    }
    if server.is_read_only {
        return Err(DatabaseError::ReadOnly { address: url.shown() });
    }
    Ok(())
}
