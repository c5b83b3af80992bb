//! The edges of errors; `answers` shows each of them whole.

use crate::support::TestApp;

const RESULT: &str = "/api/service/participations/participation_1001/result";

/// The largest body that is allowed is read to its end.
#[tokio::test]
async fn a_body_of_exactly_the_limit_is_read() {
    let app = TestApp::start().await;
    let mut body = br#"{"complete":false}"#.to_vec();
    body.resize(64 * 1024, b' ');
    let admin = app.admin().with("content-type", "application/json");
    admin.put_raw(RESULT, body).await.assert_status(200);
    app.finish().await;
}

/// Where the database cannot be reached, callers are told to come again; nobody is told that the fault is theirs.
#[tokio::test]
async fn a_database_out_of_reach_is_unavailable() {
    let app = TestApp::start_with(&[("HEMERA_DATABASE__ACQUIRE_TIMEOUT", "200ms")]).await;
    app.app.database().close();
    let answer = app.service().get("/api/service/courses").await;
    answer.assert_error(503, "SERVICE_UNAVAILABLE");
    assert!(answer.has_header("retry-after"));
    let (lost, _database) = app.finish_with_losses().await;
    assert_eq!(lost, 1, "the refusal is in the log instead");
}
