//! The connections to PostgreSQL, and the checks that a database can be used.

mod connector;
mod deadlines;
mod error;
mod lease;
mod limits;
mod login;
mod pool;
mod pooler;
mod probe;
mod query;
mod read_only;
mod rights;
mod schema;
mod server;

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};

pub(crate) use self::deadlines::Deadlines;
pub use self::error::DatabaseError;
pub(crate) use self::error::cause_of;
pub(crate) use self::lease::{Lease, NoAnswer};
pub use self::limits::MigrationLimits;
pub(crate) use self::login::Login;
pub use self::pool::Database;
pub(crate) use self::pooler::{check_own_session, check_pooler};
pub(crate) use self::query::AppliedMigration;
pub(crate) use self::read_only::ReadOnly;
pub use self::schema::check_schema;
pub(crate) use self::schema::{MIGRATOR, applied_migrations, known_migrations};
pub(crate) use self::server::check_server;
use crate::config::DatabaseUrl;

/// The oldest major version of PostgreSQL that is supported: row triggers of a partitioned table, which keep the audit
/// log append-only, need it.
const LEAST_VERSION: i32 = 13;

/// How long start-up and migration wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens one connection, within a bounded time. A pool would try repeatedly, and lose the cause.
///
/// # Errors
/// [`DatabaseError::Unreachable`], or [`DatabaseError::Refused`].
pub(crate) async fn connect(
    url: &DatabaseUrl,
    options: &PgConnectOptions,
) -> Result<PgConnection, DatabaseError> {
    match tokio::time::timeout(CONNECT_TIMEOUT, PgConnection::connect_with(options)).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(DatabaseError::connecting(url, &error)),
        Err(_) => Err(DatabaseError::Unreachable {
            setting: url.setting(),
            address: url.shown(),
            cause: format!("no answer within {} s", CONNECT_TIMEOUT.as_secs()),
        }),
    }
}
