//! The server of an older release goes on with the newest schema: its statements are run with its rights.
//!
//! `cargo xtask upgrade` runs its binary. The statements are those of its committed `.sqlx`, with arguments of ours.

use serde::Deserialize;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::support::{TestDatabase, administrate, fresh_name, parsed, role_names};
use freshness::SystemClock;
use hemera_api::migrate::migrate;
use sqlx::ConnectOptions as _;

const STATEMENTS: &str = include_str!("release_1620acb/statements.json");
const GRANTS: &str = include_str!("release_1620acb/grants.sql");
/// Its newest migration.
const NEWEST: i64 = 20_260_101_000_700;

#[derive(Deserialize)]
struct Statement {
    name: String,
    query: String,
    /// As SQL, for `execute`.
    arguments: String,
    /// How many rows it returns at least.
    rows: usize,
}

/// Runs all statements with the rights of that role.
async fn run_statements(database: &TestDatabase, role: &str) {
    let options = parsed(&database.url_as(role)).options();
    let mut session = options.connect().await.unwrap();
    let statements: Vec<Statement> = serde_json::from_str(STATEMENTS).unwrap();
    assert_eq!(statements.len(), 7);
    for statement in statements {
        let rows = rows_of(&mut session, &statement).await;
        let rows = rows.unwrap_or_else(|error| panic!("{}: {error}", statement.name));
        assert!(rows >= statement.rows, "{}: {rows} rows", statement.name);
    }
    session.close().await.unwrap();
    // The one write is there, and the records of both statements that make some are on their way to the transparency log.
    let written = database
        .rows("select result_outcome, version from course_participations where id = 'participation_1001'")
        .await;
    assert_eq!(written[0]["result_outcome"], "Of the release before");
    let pending = database
        .rows("select operation from audit_pending join audit_log using (at, id) order by 1")
        .await;
    let operations: Vec<&str> = pending
        .iter()
        .map(|row| row["operation"].as_str().unwrap())
        .collect();
    assert_eq!(operations, ["courses.list", "participations.update_result"]);
}

async fn rows_of(session: &mut PgConnection, statement: &Statement) -> sqlx::Result<usize> {
    let prepare = format!("deallocate all; prepare tried as {}", statement.query);
    sqlx::raw_sql(AssertSqlSafe(prepare))
        .execute(&mut *session)
        .await?;
    let arguments = if statement.arguments.is_empty() {
        String::new()
    } else {
        format!("({})", statement.arguments)
    };
    let execute = format!("execute tried{arguments}");
    let rows = sqlx::raw_sql(AssertSqlSafe(execute)).fetch_all(session).await?;
    Ok(rows.len())
}

#[tokio::test]
async fn its_statements_run_with_the_rights_that_are_granted_now() {
    let database = TestDatabase::create().await;
    run_statements(&database, &role_names().server()).await;
}

/// `migrate` without `--roles` adds no rights: the server has those that its own release has granted.
#[tokio::test]
async fn its_statements_run_with_the_rights_of_then() {
    let database = TestDatabase::create_migrated_to(NEWEST).await;
    let prefix = fresh_name("then");
    let role = |suffix: &str| format!("{prefix}_{suffix}");
    for suffix in ["server", "auditor", "owner"] {
        administrate(&format!("create role {}", role(suffix))).await;
    }
    let name = database.rows("select current_database() as name").await;
    let grants = GRANTS
        .replace(":\"database\"", name[0]["name"].as_str().unwrap())
        .replace(":\"schema\"", "public")
        .replace(":\"server\"", &role("server"))
        .replace(":\"auditor\"", &role("auditor"))
        .replace(":\"owner\"", &role("owner"));
    database.run(&grants).await;

    migrate(&parsed(&database.url()), &SystemClock).await.unwrap();
    database.run(include_str!("../../../../../seed/demo.sql")).await;

    run_statements(&database, &role("server")).await;
    database.remove().await;
    for suffix in ["server", "auditor", "owner"] {
        administrate(&format!("drop role {}", role(suffix))).await;
    }
}
