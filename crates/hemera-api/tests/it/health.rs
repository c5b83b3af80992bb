//! Does the process live, and can it serve?

use axum::body::Body;
use clerk_emulator::{Effect, Fault};
use http::Method;

use crate::support::TestApp;

#[tokio::test]
async fn both_answer_anyone_as_often_as_they_ask() {
    let app = TestApp::start_with(&[("HEMERA_LIMITS__FAILED_AUTH_BURST", "1")]).await;
    for _ in 0..50 {
        let live = app.anonymous().get("/livez").await;
        assert_eq!((live.status.as_u16(), live.text.as_str()), (200, "live\n"));
        let ready = app.anonymous().with_token("not.a.token").get("/readyz").await;
        assert_eq!((ready.status.as_u16(), ready.text.as_str()), (200, "ready\n"));
        assert_eq!(ready.header("cache-control"), "private, no-store");
    }
    let head = app.anonymous().call(Method::HEAD, "/readyz", Body::empty()).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    app.finish().await;
}

/// A server that started before Clerk could be reached becomes ready by itself.
#[tokio::test]
async fn ready_needs_keys() {
    let app = TestApp::start().await;
    app.clerk.add_fault(Fault::new("/v1/jwks", Effect::Status(503)));
    let answer = app.anonymous().get("/readyz").await;
    assert_eq!(
        (answer.status.as_u16(), answer.text.as_str()),
        (503, "not ready: keys\n")
    );
    app.anonymous().get("/livez").await.assert_status(200);

    app.clerk.clear_faults();
    app.advance(std::time::Duration::from_mins(1));
    app.anonymous().get("/readyz").await.assert_status(200);
    app.finish().await;
}

#[tokio::test]
async fn ready_needs_the_database() {
    let app = TestApp::start().await;
    app.app.database().close();
    let answer = app.anonymous().get("/readyz").await;
    assert_eq!(
        (answer.status.as_u16(), answer.text.as_str()),
        (503, "not ready: database\n")
    );
    app.anonymous().get("/livez").await.assert_status(200);
    app.finish().await;
}
