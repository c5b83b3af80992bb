//! After a fail-over: what was the primary takes no writes any more.

use crate::academy::academy;
use crate::support::{TestApp, TestDatabase, administrate};

/// Refuses every write to participations as a standby does, while the session is in order otherwise.
const REFUSE: &str = "
    create function refuse() returns trigger language plpgsql as $$
    begin raise exception 'cannot execute UPDATE in a read-only transaction' using errcode = '25006'; end $$;
    create trigger refuse before update on course_participations execute function refuse();";

const SESSIONS: &str = "select pid from pg_stat_activity
    where datname = current_database() and application_name = 'hemera-api'";

/// What sessions that begin from now on may do.
async fn let_sessions_write(database: &TestDatabase, write: bool) {
    let url = url::Url::parse(&database.url()).unwrap();
    let name = url.path().trim_start_matches('/');
    let on = if write { "off" } else { "on" };
    administrate(&format!(
        "alter database {name} set default_transaction_read_only = {on}"
    ))
    .await;
}

/// Reads from it would show what is old: a server that has come to a standby is not ready, and answers 503 until it comes to
/// the primary.
#[tokio::test]
async fn no_connection_to_a_standby_is_used() {
    let app = academy().await;
    let sender = app.anonymous().with("x-api-key", TestApp::SERVICE_KEY);
    let_sessions_write(&app.database, false).await;
    sender
        .get(super::READ)
        .await
        .assert_error(503, "SERVICE_UNAVAILABLE");
    let ready = app.anonymous().get("/readyz").await;
    assert_eq!(
        (ready.status.as_u16(), ready.text.as_str()),
        (503, "not ready: database\n")
    );

    let_sessions_write(&app.database, true).await;
    app.anonymous().get("/readyz").await.assert_status(200);
    sender.get(super::READ).await.assert_status(200);
    app.finish().await;
}

/// It is another PostgreSQL that takes the write: 503, which Aither sends again, and not 500; and on another connection.
#[tokio::test]
async fn a_write_that_a_demoted_primary_refuses_is_answered_with_503_and_costs_its_connection() {
    let app = academy().await;
    let sender = app
        .anonymous()
        .with("x-api-key", TestApp::SERVICE_KEY)
        .with("content-type", "application/json");
    sender.get(super::READ).await.assert_status(200);
    let before = app.database.rows(SESSIONS).await;
    assert!(!before.is_empty());

    app.database.run(REFUSE).await;
    let body = r#"{"resultNotes":"after the fail-over"}"#;
    let refused = sender.put_raw(super::WRITE, body).await;
    refused.assert_error(503, "SERVICE_UNAVAILABLE");
    app.database
        .run("drop trigger refuse on course_participations")
        .await;
    sender.put_raw(super::WRITE, body).await.assert_status(200);
    let one_has_gone = async {
        loop {
            let now = app.database.rows(SESSIONS).await;
            if before.iter().any(|session| !now.contains(session)) {
                return;
            }
        }
    };
    let waited = tokio::time::timeout(super::PATIENCE, one_has_gone).await;
    assert!(waited.is_ok(), "the connection that takes no writes is kept");
    app.finish().await;
}
