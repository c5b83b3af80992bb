//! `migrate --status`: what it says, and its exit codes.

use serde_json::{Value, json};

use super::{OF_AN_OLD_RELEASE, migrate, run};
use crate::support::{TestDatabase, known_versions};

/// The exit code, and what was printed as JSON.
async fn status(database: &TestDatabase) -> (i32, Value) {
    let (code, out, err) = migrate(database, &["--status", "--json"]).await;
    assert_eq!(err, "");
    (code, serde_json::from_str(&out).unwrap())
}

fn states(status: &Value) -> Vec<(i64, &str)> {
    let migrations = status["migrations"].as_array().unwrap();
    let state = |entry: &'_ Value| entry["version"].as_i64().unwrap();
    migrations
        .iter()
        .map(|entry| (state(entry), entry["state"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn an_empty_database_has_all_pending_and_nothing_is_made() {
    let database = TestDatabase::create_empty().await;
    let (code, status) = status(&database).await;
    let expected: Vec<(i64, &str)> = known_versions()
        .await
        .into_iter()
        .map(|version| (version, "pending"))
        .collect();
    assert_eq!((code, states(&status)), (1, expected));
    let tables = database
        .rows("select relname from pg_class where relnamespace = 'public'::regnamespace")
        .await;
    assert_eq!(tables, Vec::<Value>::new());

    let (_, out, _) = migrate(&database, &["--status"]).await;
    assert!(
        out.contains(" pending: run hemera-api migrate --roles\n")
            && out.contains("kept by the database   pending  -\n"),
        "{out}"
    );
}

#[tokio::test]
async fn an_older_schema_shows_what_is_applied_and_when() {
    let database = TestDatabase::create_migrated_to(OF_AN_OLD_RELEASE).await;
    let (code, status) = status(&database).await;
    assert_eq!((code, &status["applied"]), (1, &json!(7)));
    for entry in status["migrations"].as_array().unwrap() {
        let is_applied = entry["version"].as_i64().unwrap() <= OF_AN_OLD_RELEASE;
        let state = if is_applied { "applied" } else { "pending" };
        assert_eq!(entry["state"], state);
        assert_eq!(entry["appliedAt"].is_string(), is_applied, "{entry}");
    }
}

#[tokio::test]
async fn a_newer_schema_needs_nothing_and_a_changed_migration_does() {
    let database = TestDatabase::create().await;
    let (code, current) = status(&database).await;
    assert_eq!((code, &current["pending"]), (0, &json!(0)));
    database
        .run(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             values (20990101000000, 'of a later version', true, '', 0)",
        )
        .await;
    let (code, newer) = status(&database).await;
    assert_eq!((code, &newer["unknown"]), (0, &json!(1)));
    let of_it = newer["migrations"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&of_it["description"], &of_it["state"]),
        (&json!("of a later version"), &json!("unknown"))
    );

    database
        .run("update _sqlx_migrations set checksum = '' where version = 20260101000300")
        .await;
    let (code, changed) = status(&database).await;
    assert_eq!((code, &changed["changed"]), (1, &json!(1)));
}

#[tokio::test]
async fn a_schema_that_cannot_be_read_is_another_exit_code() {
    let settings = [("DATABASE_URL", "postgres://hemera@127.0.0.1:1/hemera")];
    let (code, out, err) = run(&["migrate", "--status"], &settings).await;
    assert_eq!((code, out.as_str()), (3, ""));
    assert!(err.contains("cannot be reached"), "{err}");
    let (code, _, err) = run(&["migrate", "--status"], &[]).await;
    assert_eq!(code, 3, "{err}");
}

#[tokio::test]
async fn arguments_that_contradict_each_other_are_refused() {
    for arguments in [
        &["--json"][..],
        &["--status", "--dry-run"],
        &["--status", "--roles"],
        &["--lock-timeout", "0s"],
        &["--statement-timeout", "0s"],
        &["--lock-attempts", "0"],
    ] {
        let arguments: Vec<&str> = [&["migrate"], arguments].concat();
        assert_eq!(run(&arguments, &[]).await.0, 2, "{arguments:?}");
    }
}
