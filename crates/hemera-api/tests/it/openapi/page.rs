//! The documentation page: what it may load, and from where. How it looks is not tested.

use axum::body::Body;
use hemera_api::PublicRoute;
use http::{Method, Request};
use tower::ServiceExt as _;

use crate::support::TestApp;

#[tokio::test]
async fn page_loads_only_from_its_own_server() {
    let app = TestApp::start().await;
    let page = app.anonymous().get("/docs").await;
    page.assert_status(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let policy = page.header("content-security-policy");
    let directives: Vec<&str> = policy.split("; ").collect();
    for directive in [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ] {
        assert!(directives.contains(&directive), "{directive} in {policy}");
    }
    assert!(!policy.contains("http") && !policy.contains('*'), "{policy}");

    let mut loaded = Vec::new();
    for attribute in ["src=\"", "href=\""] {
        let values = page.text.split(attribute).skip(1);
        loaded.extend(values.map(|rest| rest.split('"').next().unwrap()));
    }
    assert!(loaded.len() >= 4, "{loaded:?}");
    for path in loaded.into_iter().filter(|path| *path != "data:,") {
        let part = app.anonymous().get(path).await;
        part.assert_status(200);
        assert_eq!(part.header("x-content-type-options"), "nosniff");
        assert!(!part.text.is_empty(), "{path}");
    }
    let script = app.anonymous().get("/docs/page.js").await;
    assert!(!script.text.contains("://"), "{}", script.text);
    assert!(script.text.contains("\"/openapi.json\""), "{}", script.text);
    app.finish().await;
}

/// Each variant has the same content and a tag of its own, which confirms it.
#[tokio::test]
async fn page_parts_are_compressed_on_request() {
    let app = TestApp::start().await;
    for path in ["/docs", "/docs/page.js", "/openapi.json"] {
        let plain = app.anonymous().get(path).await;
        assert!(!plain.has_header("content-encoding"), "{path}");
        for coding in ["gzip", "br"] {
            let caller = app.anonymous().with("accept-encoding", coding);
            let variant = caller.get(path).await;
            assert_eq!(variant.header("content-encoding"), coding, "{path}");
            assert_eq!(variant.text, plain.text, "{path} {coding}");
            assert!(variant.sent < plain.sent, "{path} {coding}");
            assert!(variant.header("vary").contains("accept-encoding"));
            let tag = variant.header("etag").to_owned();
            assert_ne!(tag, plain.header("etag"));
            let again = caller.with("if-none-match", &tag).get(path).await;
            assert_eq!((again.status.as_u16(), again.header("etag")), (304, &*tag));
        }
    }
    app.finish().await;
}

/// The whole reference is in the binary.
#[tokio::test]
async fn reference_script_is_in_the_binary() {
    let app = TestApp::start().await;
    let reference = app.anonymous().get("/docs/scalar.js").await;
    assert!(reference.text.len() > 1_000_000);
    assert!(reference.text.contains("createApiReference"));
    app.finish().await;
}

#[tokio::test]
async fn documentation_can_be_switched_off() {
    let app = TestApp::start_with(&[("HEMERA_HTTP__DOCS", "false")]).await;
    for route in PublicRoute::ALL {
        let request = Request::builder().method(Method::GET).uri(route.path());
        let request = request.header(http::header::HOST, "hemera.example.com");
        let request = request.extension(axum::extract::ConnectInfo(std::net::SocketAddr::from((
            [192, 0, 2, 7],
            40_000,
        ))));
        let request = request.body(Body::empty()).unwrap();
        // Not through `Sender`, which expects the document of a server that serves it.
        let answer = app.app.router().oneshot(request).await.unwrap();
        let wanted = if route.is_documentation() { 404 } else { 200 };
        assert_eq!(answer.status(), wanted, "{route:?}");
    }
    app.finish().await;
}
