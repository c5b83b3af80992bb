//! Cross-origin requests from browsers.

use axum::body::Body;
use http::Method;

use crate::support::{Answer, TestApp};

const ORIGIN: &str = "https://aither.example.com";
const COURSES: &str = "/api/service/courses";

async fn preflight(app: &TestApp, origin: &str, path: &str) -> Answer {
    let sender = app
        .anonymous()
        .with("origin", origin)
        .with("access-control-request-method", "PUT");
    let sender = sender.with("access-control-request-headers", "authorization,if-match");
    sender.call(Method::OPTIONS, path, Body::empty()).await
}

async fn app() -> TestApp {
    TestApp::start_with(&[(
        "HEMERA_CORS__ORIGINS",
        "https://aither.example.com, http://localhost:3000",
    )])
    .await
}

fn lists(answer: &Answer, header: &str, wanted: &str) -> bool {
    let lines = answer.headers.get_all(header).iter();
    let lines: Vec<&str> = lines.map(|line| line.to_str().unwrap()).collect();
    lines
        .join(",")
        .to_lowercase()
        .split(',')
        .any(|item| item.trim() == wanted)
}

#[tokio::test]
async fn a_preflight_is_answered_without_a_credential() {
    let app = app().await;
    let answer = preflight(&app, ORIGIN, COURSES).await;
    answer.assert_status(204);
    assert_eq!(answer.text, "");
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    for header in [
        "authorization",
        "x-api-key",
        "x-request-id",
        "if-match",
        "if-none-match",
        "content-type",
    ] {
        assert!(lists(&answer, "access-control-allow-headers", header), "{header}");
    }
    assert!(lists(&answer, "access-control-allow-methods", "put"));
    assert!(lists(&answer, "vary", "origin"));
    assert!(!answer.has_header("access-control-allow-credentials"));
    app.finish().await;
}

#[tokio::test]
async fn answers_say_who_may_read_them() {
    let app = app().await;
    let answer = app.service().with("origin", ORIGIN).get(COURSES).await;
    answer.assert_status(200);
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    for header in ["etag", "retry-after", "x-ratelimit-remaining", "x-request-id"] {
        assert!(
            lists(&answer, "access-control-expose-headers", header),
            "{header}"
        );
    }
    assert!(lists(&answer, "vary", "origin"));
    let refused = app.anonymous().with("origin", ORIGIN).get(COURSES).await;
    refused.assert_error(401, "UNAUTHORIZED");
    assert_eq!(refused.header("access-control-allow-origin"), ORIGIN);
    app.finish().await;
}

#[tokio::test]
async fn other_origins_get_nothing() {
    let app = app().await;
    for origin in [
        "https://aither.example.com.evil.example",
        "https://evil.example",
        "null",
    ] {
        let answer = preflight(&app, origin, COURSES).await;
        answer.assert_error(405, "METHOD_NOT_ALLOWED");
        assert!(!answer.has_header("access-control-allow-origin"), "{origin}");
        let answer = app.service().with("origin", origin).get(COURSES).await;
        assert!(!answer.has_header("access-control-allow-origin"), "{origin}");
        assert!(
            lists(&answer, "vary", "origin"),
            "a cache must not give this answer to others"
        );
    }
    app.finish().await;
}

#[tokio::test]
async fn without_configured_origins_there_is_no_cors() {
    let app = TestApp::start().await;
    preflight(&app, ORIGIN, COURSES)
        .await
        .assert_error(405, "METHOD_NOT_ALLOWED");
    let answer = app.service().with("origin", ORIGIN).get(COURSES).await;
    assert!(!answer.has_header("access-control-allow-origin"));
    app.finish().await;
}
