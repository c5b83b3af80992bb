//! Methods, entity tags, and what is answered without a route.

use axum::body::Body;
use http::Method;
use serde_json::json;

use crate::support::TestApp;

const COURSES: &str = "/api/service/courses";
const PARTICIPATION: &str = "/api/service/participations/participation_1001";
const RESULT: &str = "/api/service/participations/participation_1001/result";

#[tokio::test]
async fn head_is_get_without_the_body() {
    let app = TestApp::start().await;
    for path in [COURSES, PARTICIPATION, "/api/service/courses/nothing", "/nowhere"] {
        let service = app.service().with("x-request-id", "the-request");
        let get = service.get(path).await;
        let head = service.call(Method::HEAD, path, Body::empty()).await;
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.text, "");
        assert_eq!(
            head.header("content-length"),
            get.text.len().to_string(),
            "{path}"
        );
        assert_eq!(head.header("content-type"), "application/json");
        assert_eq!(head.headers.get("etag"), get.headers.get("etag"));
    }
    app.finish().await;
}

#[tokio::test]
async fn other_methods_are_told_which_there_are() {
    let app = TestApp::start().await;
    for (path, allowed) in [(COURSES, "GET,HEAD"), (RESULT, "PUT"), ("/livez", "GET,HEAD")] {
        for method in [Method::DELETE, Method::POST, Method::PATCH, Method::OPTIONS] {
            let answer = app.anonymous().call(method, path, Body::empty()).await;
            answer.assert_error(405, "METHOD_NOT_ALLOWED");
            assert_eq!(answer.header("allow"), allowed);
        }
    }
    app.anonymous()
        .get(RESULT)
        .await
        .assert_error(405, "METHOD_NOT_ALLOWED");
    app.finish().await;
}

#[tokio::test]
async fn odd_paths_are_no_routes() {
    let app = TestApp::start().await;
    for path in [
        "/",
        "/api",
        "/api/service/courses/",
        "//api/service/courses",
        "/API/service/courses",
    ] {
        app.service().get(path).await.assert_error(404, "NOT_FOUND");
    }
    assert_eq!(
        app.service()
            .get("/api/service/courses/%ff")
            .await
            .faulty_fields(),
        ["id"]
    );
    assert_eq!(
        app.service()
            .get("/api/service/courses?limit=%ff")
            .await
            .faulty_fields(),
        ["limit"]
    );
    app.finish().await;
}

#[tokio::test]
async fn who_has_the_answer_is_not_sent_it_again() {
    let app = TestApp::start().await;
    for path in [COURSES, PARTICIPATION] {
        let first = app.service().get(path).await;
        let tag = first.header("etag").to_owned();
        assert!(!tag.starts_with("W/"), "{tag}");
        assert_eq!(first.header("cache-control"), "private, no-cache");
        for known in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
            let again = app.service().with("if-none-match", known).get(path).await;
            assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
            assert_eq!(again.header("etag"), tag);
            assert!(again.has_header("x-ratelimit-remaining") && !again.has_header("content-type"));
        }
        for unknown in ["\"other\"", "garbage"] {
            app.service()
                .with("if-none-match", unknown)
                .get(path)
                .await
                .assert_status(200);
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn a_write_changes_the_tag_and_can_ask_for_one() {
    let app = TestApp::start().await;
    let read = app.service().get(PARTICIPATION).await.header("etag").to_owned();
    let body = json!({ "resultNotes": "Ruhig und klar." });
    let written = app.service().with("if-match", &read).put(RESULT, &body).await;
    written.assert_status(200);
    assert_ne!(written.header("etag"), read);
    let now = app.service().get(PARTICIPATION).await.header("etag").to_owned();
    assert_eq!(written.header("etag"), now);

    let other = json!({ "resultNotes": "Noch ruhiger." });
    app.service()
        .with("if-match", &read)
        .put(RESULT, &other)
        .await
        .assert_error(412, "PRECONDITION_FAILED");
    let weak = format!("W/{now}");
    app.service()
        .with("if-match", weak)
        .put(RESULT, &other)
        .await
        .assert_error(412, "PRECONDITION_FAILED");
    assert_eq!(
        app.service()
            .with("if-match", "4711")
            .put(RESULT, &other)
            .await
            .faulty_fields(),
        ["If-Match"]
    );
    assert_eq!(
        app.service().get(PARTICIPATION).await.data()["resultNotes"],
        "Ruhig und klar."
    );
    app.finish().await;
}

#[tokio::test]
async fn only_plain_json_is_a_body() {
    let app = TestApp::start().await;
    let body = r#"{"complete":false}"#;
    app.service()
        .put_raw(RESULT, body)
        .await
        .assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
    for media_type in [
        "text/json",
        "application/jsonp",
        "application/x-www-form-urlencoded",
        "application",
    ] {
        let answer = app
            .service()
            .with("content-type", media_type)
            .put_raw(RESULT, body)
            .await;
        answer.assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let json = app.service().with("content-type", "application/json");
    json.with("content-encoding", "gzip")
        .put_raw(RESULT, body)
        .await
        .assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
    json.put_raw(RESULT, body).await.assert_status(200);
    let parameters = app
        .service()
        .with("content-type", "Application/JSON; charset=utf-8");
    parameters.put_raw(RESULT, body).await.assert_status(200);
    app.finish().await;
}
