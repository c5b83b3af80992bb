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

/// Of errors alone, and of those that no route answers, too.
#[tokio::test]
async fn errors_name_the_page_that_explains_them() {
    let page = "https://docs.example.com/hemera/api?lang=en";
    let app = TestApp::start_with(&[("HEMERA_HTTP__DOCUMENTATION_URL", page)]).await;
    for (path, status, anchor) in [
        ("/api/service/courses?limit=0", 400, "validation_error"),
        ("/api/service/usage", 403, "forbidden"),
        ("/api/service/courses/none", 404, "not_found"),
        ("/nowhere", 404, "not_found"),
    ] {
        let answer = app.service().get(path).await;
        answer.assert_status(status);
        assert_eq!(answer.header("link"), format!("<{page}#{anchor}>; rel=\"help\""));
    }
    let refused = app.anonymous().get("/api/service/courses").await;
    assert_eq!(
        refused.header("link"),
        format!("<{page}#unauthorized>; rel=\"help\"")
    );
    let success = app.service().get("/api/service/courses").await;
    assert!(!success.has_header("link"));
    app.finish().await;
}

/// Only where the server has the page.
#[tokio::test]
async fn an_unknown_path_leads_to_the_page_with_all_paths() {
    for (docs, message) in [
        ("true", "No such route: open /docs to see the API's paths"),
        (
            "false",
            "No such route: see the API's documentation for its paths",
        ),
    ] {
        let app = TestApp::start_with(&[("HEMERA_HTTP__DOCS", docs)]).await;
        let answer = app.anonymous().get("/").await;
        answer.assert_status(404);
        assert_eq!(answer.json()["error"]["message"], message);
        app.finish().await;
    }
}
