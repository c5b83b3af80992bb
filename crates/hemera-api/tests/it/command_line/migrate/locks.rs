//! `migrate` beside servers, tools and itself: it makes others wait for a bounded time only.

use std::process::Stdio;

use sqlx::migrate::Migrate as _;
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgConnection};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::{PATIENCE, command, migrate};
use crate::support::{TestDatabase, known_versions, parsed};

/// Before a migration that changes `curriculum_materials`.
const BEFORE_TOPICS: i64 = 20_260_104_000_200;

async fn session(database: &TestDatabase) -> PgConnection {
    parsed(&database.url()).options().connect().await.unwrap()
}

async fn query(connection: &mut PgConnection, sql: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection);
    tokio::time::timeout(PATIENCE, done).await.unwrap().unwrap();
}

/// A transaction that reads the materials and stays open, as a report or a dump does.
async fn long_reader(database: &TestDatabase) -> PgConnection {
    let mut reader = session(database).await;
    query(&mut reader, "begin; select from curriculum_materials").await;
    reader
}

async fn version_of(database: &TestDatabase) -> i64 {
    let rows = database
        .rows("select max(version) as version from _sqlx_migrations")
        .await;
    rows[0]["version"].as_i64().unwrap()
}

#[tokio::test]
async fn who_waits_behind_a_migration_passes_and_the_migration_is_tried_again() {
    let database = TestDatabase::create_migrated_to(BEFORE_TOPICS).await;
    let mut reader = long_reader(&database).await;
    let mut child = command(&["migrate", "--lock-timeout", "300ms", "--lock-attempts", "1000"])
        .env("DATABASE_URL", database.url())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    database.until_waiting(1).await;

    // The table is not free before the reader ends, and the migration is before this one in the queue.
    let mut other = session(&database).await;
    query(&mut other, "select from curriculum_materials").await;

    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = tokio::time::timeout(PATIENCE, lines.next_line()).await.unwrap();
    let line = line.unwrap().unwrap();
    assert!(
        line.contains("a lock was not free within 300ms (attempt 1 of 1000)"),
        "{line}"
    );
    query(&mut reader, "commit").await;
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(
        version_of(&database).await,
        *known_versions().await.last().unwrap()
    );
}

#[tokio::test]
async fn a_migration_that_does_not_get_its_locks_leaves_nothing_and_says_why() {
    let database = TestDatabase::create_migrated_to(BEFORE_TOPICS).await;
    let _reader = long_reader(&database).await;
    for (limits, expected) in [
        (
            ["--lock-timeout", "50ms", "--lock-attempts", "2"],
            "another session holds a table for too long, and nothing of this step was kept: find it with `select pid",
        ),
        (
            ["--lock-timeout", "10m", "--statement-timeout", "200ms"],
            "a statement took longer than --statement-timeout, and nothing of this step was kept",
        ),
    ] {
        let (code, _, err) = migrate(&database, &limits).await;
        assert_eq!(code, 1);
        let last = err.lines().last().unwrap();
        assert!(last.starts_with("error: ") && last.contains(expected), "{err}");
        assert_eq!(version_of(&database).await, BEFORE_TOPICS);
    }
}

#[tokio::test]
async fn two_runs_at_once_apply_each_migration_once() {
    let database = TestDatabase::create_empty().await;
    let (one, other) = tokio::join!(migrate(&database, &[]), migrate(&database, &[]));
    let mut applied = Vec::new();
    for (code, out, err) in [&one, &other] {
        assert_eq!(*code, 0, "{out}{err}");
        applied.push(out.lines().filter(|line| line.starts_with("applied ")).count());
    }
    applied.sort_unstable();
    assert_eq!(applied, [0, known_versions().await.len()], "{one:?} {other:?}");
}

#[tokio::test]
async fn a_run_that_never_ends_is_waited_for_so_long() {
    let database = TestDatabase::create_empty().await;
    let mut holder = session(&database).await;
    holder.lock().await.unwrap();
    let (code, _, err) = migrate(&database, &["--lock-timeout", "50ms", "--lock-attempts", "2"]).await;
    assert_eq!(code, 1);
    let last = err.lines().last().unwrap();
    assert!(
        last.starts_with("error: another run of `hemera-api migrate` changes the database"),
        "{err}"
    );
}
