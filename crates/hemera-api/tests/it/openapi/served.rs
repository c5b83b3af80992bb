//! The document as a server gives it.

use axum::body::Body;
use http::Method;

use crate::support::TestApp;

#[tokio::test]
async fn document_is_public() {
    let app = TestApp::start_with(&[("HEMERA_HTTP__ALLOWED_CLIENTS", "203.0.113.7")]).await;
    let answer = app.anonymous().get("/openapi.json").await;
    answer.assert_status(200);
    assert_eq!(answer.text, hemera_api::openapi::text());
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    assert!(!answer.has_header("x-ratelimit-limit"));

    let head = app
        .anonymous()
        .call(Method::HEAD, "/openapi.json", Body::empty())
        .await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), answer.text.len().to_string());
    assert_eq!(head.header("etag"), answer.header("etag"));

    let post = app
        .anonymous()
        .call(Method::POST, "/openapi.json", Body::empty())
        .await;
    post.assert_error(405, "METHOD_NOT_ALLOWED");
    assert_eq!(post.header("allow"), "GET,HEAD");
    app.finish().await;
}

#[tokio::test]
async fn current_document_is_confirmed_with_304() {
    let app = TestApp::start().await;
    let tag = app
        .anonymous()
        .get("/openapi.json")
        .await
        .header("etag")
        .to_owned();
    let again = app
        .anonymous()
        .with("if-none-match", &tag)
        .get("/openapi.json")
        .await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    assert_eq!(again.header("etag"), tag);
    let other = app
        .anonymous()
        .with("if-none-match", "\"other\"")
        .get("/openapi.json")
        .await;
    other.assert_status(200);
    app.finish().await;
}
