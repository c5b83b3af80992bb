//! `hemera-api migrate --status`.

use std::process::ExitCode;

use serde_json::json;
use sqlx::Connection as _;

use super::history::{MigrationEntry, MigrationState, compare, count};
use super::query;
use crate::admin::Console;
use crate::admin::audit::grid::{Align, Grid};
use crate::config::DatabaseUrl;
use crate::database::{DatabaseError, applied_migrations, connect};

pub(super) async fn run(url: &DatabaseUrl, console: &Console, json: bool) -> Result<ExitCode, DatabaseError> {
    let entries = read(url).await?;
    if json {
        print_json(url, console, &entries);
    } else {
        print_for_people(url, console, &entries);
    }
    let needs_work = |entry: &MigrationEntry| {
        matches!(
            entry.state,
            MigrationState::Pending | MigrationState::Changed | MigrationState::Unfinished
        )
    };
    Ok(if entries.iter().any(needs_work) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn read(url: &DatabaseUrl) -> Result<Vec<MigrationEntry>, DatabaseError> {
    let options = url.options().application_name("hemera-api migrate --status");
    let mut connection = connect(url, &options).await?;
    let read = async {
        let mut transaction = query::begin_to_read(&mut connection).await?;
        let applied = applied_migrations(&mut transaction).await?;
        transaction.rollback().await?;
        Ok(applied)
    };
    let applied = read.await.map_err(|error| DatabaseError::changing(url, &error));
    // Only a courtesy: the server ends the session anyway.
    let _ = connection.close().await;
    applied.map(compare)
}

fn print_json(url: &DatabaseUrl, console: &Console, entries: &[MigrationEntry]) {
    let number = |state| count(entries, state);
    console.print(json!({
        "database": url.shown(),
        "applied": number(MigrationState::Applied),
        "pending": number(MigrationState::Pending),
        "unknown": number(MigrationState::Unknown),
        "changed": number(MigrationState::Changed),
        "unfinished": number(MigrationState::Unfinished),
        "migrations": entries,
    }));
}

fn print_for_people(url: &DatabaseUrl, console: &Console, entries: &[MigrationEntry]) {
    let mut grid = Grid::new(&[
        ("version", Align::Left),
        ("migration", Align::Left),
        ("state", Align::Left),
        ("applied (UTC)", Align::Left),
    ]);
    for entry in entries {
        let applied_at = entry.applied_at.as_ref();
        grid.row(vec![
            entry.version.to_string(),
            entry.description.clone(),
            entry.state.word().to_owned(),
            applied_at.map_or_else(|| "-".to_owned(), ToString::to_string),
        ]);
    }
    console.print_text(&grid);
    console.print("");
    console.print(format_args!("{}:", url.shown()));
    for (state, remedy) in [
        (MigrationState::Applied, ""),
        (MigrationState::Pending, ": run hemera-api migrate --roles"),
        (
            MigrationState::Unknown,
            ": the schema is newer than this binary, which goes on with it; migrate with the newest one",
        ),
        (
            MigrationState::Changed,
            ": another text was applied under this number; use the release that applied it, and report it",
        ),
        (
            MigrationState::Unfinished,
            ": look at what it did, then delete its row of _sqlx_migrations or set success to true",
        ),
    ] {
        let number = count(entries, state);
        if number > 0 || state == MigrationState::Applied {
            console.print_wrapped("  ", "    ", &format!("{number} {}{remedy}", state.word()));
        }
    }
}
