//! `hemera-api migrate`: how the schema stands, what would be done, and what it does beside others.

mod dry_run;
mod locks;
mod old_schema;
mod status;

use super::{PATIENCE, borrowed, command, run, setup};
use crate::support::TestDatabase;

/// The newest migration of the release 1620acb.
const OF_AN_OLD_RELEASE: i64 = 20_260_101_000_700;

/// Runs `migrate` on a database, with all rights.
async fn migrate(database: &TestDatabase, arguments: &[&str]) -> (i32, String, String) {
    let arguments: Vec<&str> = std::iter::once("migrate")
        .chain(arguments.iter().copied())
        .collect();
    run(&arguments, &[("DATABASE_URL", &database.url())]).await
}
