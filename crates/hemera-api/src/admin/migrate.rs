//! Brings the schema up to date. An operator runs it; `serve` never does.

use std::process::ExitCode;

use freshness::{Clock, SystemClock};
use sqlx::{Connection as _, PgConnection};

use crate::admin::database_roles::{self, RoleNames};
use crate::admin::{Console, Failure};
use crate::audit;
use crate::config::DatabaseUrl;
use crate::database::{DatabaseError, MIGRATOR, applied_versions, check_own_session, check_server, connect};

/// What a run of the migrations did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MigrationReport {
    /// How many migrations were applied now.
    pub applied: usize,
    /// How many migrations there are.
    pub known: usize,
    /// How many partitions of the audit log were made now, by the migrations or after them.
    pub partitions_made: u32,
    /// How many partitions of the audit log there are: one a month.
    pub partitions: u32,
}

/// `hemera-api migrate`: brings the schema up to date, then makes the roles where they are asked for.
pub(crate) async fn run(
    url: &DatabaseUrl,
    console: &Console,
    roles: Option<&RoleNames>,
) -> Result<ExitCode, Failure> {
    let report = migrate(url, &SystemClock).await?;
    console.print(format_args!(
        "{}: {} of {} migrations applied now; {} partitions of the audit log made now, of {} that there are",
        url.shown(),
        report.applied,
        report.known,
        report.partitions_made,
        report.partitions
    ));
    if let Some(names) = roles {
        let report = database_roles::grant(url, names).await?;
        console.print(format_args!(
            "{}: rights granted to {}, {} and {}; {} roles created; {} objects now belong to {}",
            url.shown(),
            names.server(),
            names.auditor(),
            names.owner(),
            report.created.len(),
            report.handed_over,
            names.owner()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Applies the missing migrations. Runs at the same time wait for each other.
///
/// # Errors
/// [`DatabaseError`], each in one line. A failed migration leaves nothing behind.
pub async fn migrate(url: &DatabaseUrl, clock: &dyn Clock) -> Result<MigrationReport, DatabaseError> {
    check_own_session(url).await?;
    let options = url.options().application_name("hemera-api migrate");
    let mut connection = connect(url, &options).await?;
    check_server(&mut connection, url).await?;
    let count = async |connection: &mut PgConnection| {
        let applied = applied_versions(connection).await;
        applied
            .map(|versions| versions.len())
            .map_err(|error| DatabaseError::migrating(url, &error))
    };
    let partitions = async |connection: &mut PgConnection| {
        let counted = audit::count_partitions(connection).await;
        counted.map_err(|error| DatabaseError::changing(url, &error))
    };
    let before = count(&mut connection).await?;
    let partitions_before = partitions(&mut connection).await?;
    MIGRATOR
        .run(&mut connection)
        .await
        .map_err(|error| DatabaseError::migrating(url, &error))?;
    let after = count(&mut connection).await?;
    audit::make_partitions(&mut connection, clock.now().wall)
        .await
        .map_err(|error| DatabaseError::changing(url, &error))?;
    let partitions_after = partitions(&mut connection).await?;
    // Only a courtesy: the server ends the session anyway.
    let _ = connection.close().await;
    Ok(MigrationReport {
        applied: after.saturating_sub(before),
        known: after,
        partitions_made: partitions_after.saturating_sub(partitions_before),
        partitions: partitions_after,
    })
}
