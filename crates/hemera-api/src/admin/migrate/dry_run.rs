//! `hemera-api migrate --dry-run`.
//!
//! Migrations are read and not tried: tried in a transaction that is rolled back, they would hold the same locks as the
//! real ones. Rights are tried, which locks no table.

use std::process::ExitCode;
use std::time::SystemTime;

use serde_json::{Value, json};
use sqlx::migrate::MigrateError;
use sqlx::{Connection as _, PgConnection};

use super::history::{MigrationEntry, MigrationState, compare};
use super::query;
use crate::admin::database_roles::{self, RoleNames, RolesPreview};
use crate::admin::{Console, Failure};
use crate::audit;
use crate::config::DatabaseUrl;
use crate::database::{
    DatabaseError, MigrationLimits, applied_migrations, check_own_session, check_server, connect,
    known_migrations,
};

/// What a run would do.
struct Plan {
    pending: Vec<MigrationEntry>,
    /// By name.
    partitions: Vec<String>,
    roles: Option<RolesPreview>,
}

pub(super) async fn run(
    url: &DatabaseUrl,
    console: &Console,
    now: SystemTime,
    roles: Option<&RoleNames>,
    limits: MigrationLimits,
    json: bool,
) -> Result<ExitCode, Failure> {
    check_own_session(url).await?;
    let options = url.options().application_name("hemera-api migrate --dry-run");
    let mut connection = connect(url, &options).await?;
    let schema = read(&mut connection, url, now).await;
    // Only a courtesy: the server ends the session anyway.
    let _ = connection.close().await;
    let (pending, partitions) = schema?;
    let roles = match roles {
        Some(names) => Some(database_roles::preview(url, names, limits).await?),
        None => None,
    };
    let plan = Plan {
        pending,
        partitions,
        roles,
    };
    if json {
        console.print(as_json(url, &plan));
    } else {
        print_for_people(url, console, &plan);
    }
    let remaining = plan
        .roles
        .as_ref()
        .is_some_and(|roles| !roles.remaining.is_empty());
    Ok(if remaining {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// The migrations that are pending and the partitions that are missing, or why the run would fail.
async fn read(
    connection: &mut PgConnection,
    url: &DatabaseUrl,
    now: SystemTime,
) -> Result<(Vec<MigrationEntry>, Vec<String>), DatabaseError> {
    check_server(connection, url).await?;
    let read = async {
        let mut transaction = query::begin_to_read(connection).await?;
        let applied = applied_migrations(&mut transaction).await?;
        let partitions = audit::missing_partitions(&mut transaction, now).await?;
        let may = query::may_migrate(&mut transaction).await?;
        transaction.rollback().await?;
        Ok((applied, partitions, may))
    };
    let (applied, partitions, may) = read.await.map_err(|error| DatabaseError::changing(url, &error))?;
    let mut pending = Vec::new();
    for entry in compare(applied) {
        let error = match entry.state {
            MigrationState::Applied => continue,
            MigrationState::Pending => {
                pending.push(entry);
                continue;
            }
            MigrationState::Unknown => MigrateError::VersionMissing(entry.version),
            MigrationState::Changed => MigrateError::VersionMismatch(entry.version),
            MigrationState::Unfinished => MigrateError::Dirty(entry.version),
        };
        return Err(DatabaseError::migrating(url, &error));
    }
    let changes_something = !pending.is_empty() || !partitions.is_empty();
    if changes_something && !may {
        return Err(DatabaseError::NotOwner {
            address: url.shown(),
            login: url.login(),
            cause: "it may not create tables there, or is not a member of their owner".to_owned(),
        });
    }
    Ok((pending, partitions))
}

fn as_json(url: &DatabaseUrl, plan: &Plan) -> Value {
    json!({
        "database": url.shown(),
        "pending": plan.pending.iter().map(|entry| json!({
            "version": entry.version,
            "description": entry.description,
        })).collect::<Vec<_>>(),
        "partitions": plan.partitions,
        "roles": plan.roles.as_ref().map(RolesPreview::as_json),
    })
}

fn print_for_people(url: &DatabaseUrl, console: &Console, plan: &Plan) {
    console.print(format_args!(
        "{}: {} of {} migrations would be applied",
        url.shown(),
        plan.pending.len(),
        known_migrations().count()
    ));
    for entry in &plan.pending {
        console.print(format_args!("  {} {}", entry.version, entry.description));
    }
    console.print(format_args!(
        "{} partitions of the audit trail would be made",
        plan.partitions.len()
    ));
    for name in &plan.partitions {
        console.print(format_args!("  {name}"));
    }
    if let Some(roles) = &plan.roles {
        console.print_text(roles);
    }
    console.print("nothing was changed");
}
