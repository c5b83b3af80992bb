//! Whether the schema is the one that this server was built for.

use sqlx::migrate::{Migrate as _, MigrateError, Migration, Migrator};
use sqlx::{Connection as _, PgConnection};

use super::error::{INSUFFICIENT_PRIVILEGE, UNDEFINED_TABLE, has_code, one_line};
use super::query::AppliedMigration;
use super::{DatabaseError, check_server, connect, query, rights};
use crate::config::DatabaseUrl;

/// The migrations that this server was built with.
pub(crate) static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// Checks that the database is one that this server can use, and that every migration that it was built with has been
/// applied. Newer ones do not matter: an old server continues while a new one is rolled out. Warns if the login can do
/// more than a server needs.
///
/// # Errors
/// [`DatabaseError`], each in one line.
pub async fn check_schema(url: &DatabaseUrl) -> Result<(), DatabaseError> {
    let mut connection = connect(url, &url.options()).await?;
    let checked = check(&mut connection, url).await;
    // Only a courtesy: the server ends the session anyway.
    let _ = connection.close().await;
    checked
}

async fn check(connection: &mut PgConnection, url: &DatabaseUrl) -> Result<(), DatabaseError> {
    check_server(connection, url).await?;
    check_migrations(connection, url).await?;
    rights::warn_of_excess(connection, url).await
}

async fn check_migrations(connection: &mut PgConnection, url: &DatabaseUrl) -> Result<(), DatabaseError> {
    let applied = applied_versions(connection).await.map_err(|error| match error {
        MigrateError::Execute(error) if has_code(&error, INSUFFICIENT_PRIVILEGE) => {
            DatabaseError::NotPermitted { address: url.shown() }
        }
        MigrateError::Execute(error) => DatabaseError::checking(url, &error),
        error => DatabaseError::Unreachable {
            setting: url.setting(),
            address: url.shown(),
            cause: one_line(&error),
        },
    })?;
    let missing: Vec<i64> = known_migrations()
        .map(|migration| migration.version)
        .filter(|version| !applied.contains(version))
        .collect();
    let Some(needed) = missing.last() else {
        return Ok(());
    };
    Err(DatabaseError::NotMigrated {
        address: url.shown(),
        found: applied.last().copied(),
        needed: *needed,
        missing: missing.len(),
        known: known_migrations().count(),
    })
}

/// The migrations that this binary was built with, in their order.
pub(crate) fn known_migrations() -> impl Iterator<Item = &'static Migration> {
    MIGRATOR
        .iter()
        .filter(|migration| migration.migration_type.is_up_migration())
}

/// The versions of the migrations that have been applied, in their order. A server's login may read no more.
async fn applied_versions(connection: &mut PgConnection) -> Result<Vec<i64>, MigrateError> {
    match connection.list_applied_migrations(&MIGRATOR.table_name).await {
        Ok(applied) => Ok(applied.into_iter().map(|migration| migration.version).collect()),
        Err(MigrateError::Execute(error)) if has_code(&error, UNDEFINED_TABLE) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The migrations that have been applied, in their order. A database without a table of them has had none.
pub(crate) async fn applied_migrations(connection: &mut PgConnection) -> sqlx::Result<Vec<AppliedMigration>> {
    if query::has_migrations(&mut *connection).await? {
        query::applied_migrations(connection).await
    } else {
        Ok(Vec::new())
    }
}
