//! The connections to PostgreSQL, and whether the schema is the one that this server knows.

mod connector;
mod deadlines;
mod encoding;
mod lease;
mod pool;
mod probe;
mod query;

use std::time::Duration;

use sqlx::migrate::{Migrate as _, MigrateError, Migrator};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};

pub(crate) use self::deadlines::Deadlines;
pub(crate) use self::encoding::check_encoding;
pub(crate) use self::lease::{Lease, NoAnswer};
pub use self::pool::Database;
use crate::config::DatabaseUrl;

/// The migrations that this server was built with.
pub(crate) static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// How long start-up and migration wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// PostgreSQL's codes for a table that does not exist, and for a missing privilege.
const UNDEFINED_TABLE: &str = "42P01";
const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// Why the database cannot be used. Each in one line, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// No connection could be made.
    #[error(
        "the database {address} cannot be reached ({cause}): check DATABASE_URL, and that PostgreSQL runs"
    )]
    Unreachable {
        /// Host, port and database.
        address: String,
        /// The error, in one line.
        cause: String,
    },
    /// The schema is older than this server.
    #[error("the database {address} lacks {missing} of {known} migrations: run `hemera-api migrate` first")]
    NotMigrated {
        /// Host, port and database.
        address: String,
        /// How many are missing.
        missing: usize,
        /// How many this server knows.
        known: usize,
    },
    /// The login may not read the list of migrations.
    #[error(
        "the login of DATABASE_URL may not use the schema of {address}: make it a member of the server's role \
         (`hemera-api migrate --roles`, then `grant hemera_server to …`)"
    )]
    NotPermitted {
        /// Host, port and database.
        address: String,
    },
    /// A session begins without the deadlines that the server asks for.
    #[error(
        "a session of {login} in {address} has no {name} of at most {limit_ms} ms (a pooler may drop what a session asks \
         for when it begins): alter role {login} in database {database} set {name} = '{limit_ms}ms'"
    )]
    NoDeadline {
        /// Host, port and database.
        address: String,
        /// The role that the server logs in as.
        login: String,
        /// The database.
        database: String,
        /// PostgreSQL's name of the setting.
        name: &'static str,
        /// The longest that the setting may be, in milliseconds.
        limit_ms: u128,
    },
    /// The database keeps text in an encoding that lacks characters.
    #[error(
        "the database {address} keeps text as {encoding}, which cannot hold every character that callers send: make another \
         one with `create database NAME encoding 'UTF8' template template0`, and use that"
    )]
    NotUtf8 {
        /// Host, port and database.
        address: String,
        /// PostgreSQL's name of the encoding.
        encoding: String,
    },
    /// A migration failed.
    #[error("the database {address} cannot be migrated ({cause}): nothing of the failed step was kept")]
    MigrationFailed {
        /// Host, port and database.
        address: String,
        /// The error, in one line.
        cause: String,
    },
}

/// Checks that the database keeps text as UTF-8, and that every migration that this server was built with has been
/// applied. Newer ones do not matter: an old server continues while a new one is rolled out.
///
/// # Errors
/// [`DatabaseError`], each in one line.
pub async fn check_schema(url: &DatabaseUrl) -> Result<(), DatabaseError> {
    let mut connection = connect(url, &url.options()).await?;
    let encoding = check_encoding(&mut connection, url).await;
    let applied = applied_versions(&mut connection).await;
    // Only a courtesy: the server ends the session anyway.
    let _ = connection.close().await;
    encoding?;
    let applied = applied.map_err(|error| {
        let address = url.shown();
        if sql_state(&error).as_deref() == Some(INSUFFICIENT_PRIVILEGE) {
            DatabaseError::NotPermitted { address }
        } else {
            let cause = one_line(&error);
            DatabaseError::Unreachable { address, cause }
        }
    })?;
    let known = || {
        MIGRATOR
            .iter()
            .filter(|migration| migration.migration_type.is_up_migration())
    };
    let missing = known()
        .filter(|migration| !applied.contains(&migration.version))
        .count();
    if missing == 0 {
        return Ok(());
    }
    Err(DatabaseError::NotMigrated {
        address: url.shown(),
        missing,
        known: known().count(),
    })
}

/// The migrations that have been applied. A database without a table of them has had none.
pub(crate) async fn applied_versions(connection: &mut PgConnection) -> Result<Vec<i64>, MigrateError> {
    match connection.list_applied_migrations(&MIGRATOR.table_name).await {
        Ok(applied) => Ok(applied.into_iter().map(|migration| migration.version).collect()),
        Err(error) if sql_state(&error).as_deref() == Some(UNDEFINED_TABLE) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn sql_state(error: &MigrateError) -> Option<String> {
    match error {
        MigrateError::Execute(sqlx::Error::Database(error)) => error.code().map(Into::into),
        _ => None,
    }
}

/// Opens one connection, within a bounded time. A pool would try repeatedly, and lose the cause.
///
/// # Errors
/// [`DatabaseError::Unreachable`].
pub(crate) async fn connect(
    url: &DatabaseUrl,
    options: &PgConnectOptions,
) -> Result<PgConnection, DatabaseError> {
    let unreachable = |cause: String| DatabaseError::Unreachable {
        address: url.shown(),
        cause,
    };
    match tokio::time::timeout(CONNECT_TIMEOUT, PgConnection::connect_with(options)).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(unreachable(one_line(&error))),
        Err(_) => Err(unreachable(format!(
            "no answer within {} s",
            CONNECT_TIMEOUT.as_secs()
        ))),
    }
}

pub(crate) fn one_line(error: &dyn std::error::Error) -> String {
    error
        .to_string()
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(" ")
}
