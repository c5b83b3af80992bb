//! Every connection is ended by PostgreSQL, as by its restart.

use super::Proxied;
use crate::academy::academy_with;
use crate::support::TestApp;

const END_ALL: &str = "select pg_terminate_backend(pid) as ended from pg_stat_activity
    where datname = current_database() and application_name = 'hemera-api'";

async fn one_attempt_fails_at_most(connections: usize) {
    let most = connections.to_string();
    let app = academy_with(&[("HEMERA_DATABASE__MAX_CONNECTIONS", &most)]).await;
    let sender = app.anonymous().with("x-api-key", TestApp::SERVICE_KEY);
    super::warm(&app, &sender, connections).await;
    let ended = app.database.rows(END_ALL).await;
    assert!(ended.len() >= connections, "{ended:?}");

    let mut answers = Vec::new();
    for _ in 0..connections {
        answers.push(sender.get(super::READ).await);
    }
    let statuses = super::statuses(&answers);
    let failed = statuses.iter().filter(|status| **status != 200).count();
    assert!(failed <= 1, "{statuses:?}");
    app.finish().await;
}

#[tokio::test]
async fn one_attempt_fails_at_most_with_ten_open_connections() {
    one_attempt_fails_at_most(10).await;
}

#[tokio::test]
async fn one_attempt_fails_at_most_with_thirty_open_connections() {
    one_attempt_fails_at_most(30).await;
}

/// A PostgreSQL that is about to end accepts a connection and closes it: out of reach, and no fault of the server's.
#[tokio::test]
async fn a_connection_that_ends_while_it_is_opened_is_answered_with_503() {
    let server = Proxied::start(&[]).await;
    server.sender.get(super::READ).await.assert_status(200);
    server.proxy.end();
    for _ in 0..5 {
        let answer = server.sender.get(super::READ).await;
        answer.assert_error(503, "SERVICE_UNAVAILABLE");
    }
    server.app.finish().await;
    server.beside.finish().await;
}
