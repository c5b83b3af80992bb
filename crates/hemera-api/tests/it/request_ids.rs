//! `X-Request-ID`: kept where it is acceptable, else replaced, and on every answer.

use crate::support::TestApp;

#[tokio::test]
async fn an_acceptable_id_is_kept() {
    let app = TestApp::start().await;
    let longest = "x".repeat(128);
    for id in ["a", "job-17/step_3", "{\"~!\"}", &longest] {
        let answer = app
            .anonymous()
            .with("x-request-id", id)
            .get("/api/service/courses")
            .await;
        assert_eq!(answer.header("x-request-id"), id);
        answer.assert_error(401, "UNAUTHORIZED");
    }
    app.finish().await;
}

#[tokio::test]
async fn any_other_is_replaced() {
    let app = TestApp::start().await;
    let too_long = "x".repeat(129);
    for id in ["", "with blank", "tab\tbed", "\u{fc}ber", &too_long] {
        let answer = app.anonymous().with("x-request-id", id).get("/nowhere").await;
        assert_eq!(answer.header("x-request-id").len(), 36, "{id:?}");
        answer.assert_error(404, "NOT_FOUND");
    }
    let twice = app
        .anonymous()
        .with("x-request-id", "one")
        .with("x-request-id", "two")
        .get("/nowhere")
        .await;
    assert_eq!(twice.header("x-request-id").len(), 36);
    app.finish().await;
}

#[tokio::test]
async fn every_answer_has_one() {
    let app = TestApp::start().await;
    let first = app.service().get("/api/service/courses").await;
    let second = app.service().get("/api/service/courses").await;
    assert_eq!(first.json()["meta"]["requestId"], first.header("x-request-id"));
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    assert_eq!(
        app.anonymous().get("/livez").await.header("x-request-id").len(),
        36
    );
    app.finish().await;
}
