//! The order of checks: a request with several faults is answered for the first one.

use std::convert::Infallible;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::Method;
use tokio::sync::{mpsc, oneshot};

use crate::support::{Person, TestApp};

/// Wrong path id, wrong query, wrong media type, and a body that is over the limit and not JSON.
const PATH: &str = "/api/service/participations/%20not%20an%20id/result?unknown=1";

fn body() -> Vec<u8> {
    vec![b'{'; 70 * 1024]
}

/// Removes one fault after the other; each time the next one is answered.
#[tokio::test]
async fn only_the_first_fault_is_answered() {
    let app = TestApp::start_with(&[("HEMERA_LIMITS__API_CLIENT_BURST", "1")]).await;
    let service = app.service();
    // This uses up the burst: from now on the limit is a fault too.
    service.get("/api/service/courses").await.assert_status(200);

    let anonymous = app.anonymous().with("content-type", "text/plain");
    let route = "/api/service/participations/%20not%20an%20id/results";
    anonymous
        .put_raw(route, body())
        .await
        .assert_error(404, "NOT_FOUND");
    let method = anonymous.call(Method::PATCH, PATH, body().into()).await;
    method.assert_error(405, "METHOD_NOT_ALLOWED");
    anonymous
        .put_raw(PATH, body())
        .await
        .assert_error(401, "UNAUTHORIZED");

    let service = service.with("content-type", "text/plain");
    service
        .put_raw(PATH, body())
        .await
        .assert_error(429, "RATE_LIMITED");

    let forbidden = app.person(Person::User).with("content-type", "text/plain");
    forbidden
        .put_raw(PATH, body())
        .await
        .assert_error(403, "FORBIDDEN");

    let admin = app.admin();
    let typed = admin.with("content-type", "text/plain");
    typed
        .put_raw(PATH, body())
        .await
        .assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
    let typed = admin.with("content-type", "application/json");
    assert_eq!(typed.put_raw(PATH, body()).await.faulty_fields(), ["id"]);
    let path = "/api/service/participations/missing/result";
    typed
        .put_raw(path, body())
        .await
        .assert_error(413, "PAYLOAD_TOO_LARGE");
    typed
        .put_raw(path, &b"{"[..])
        .await
        .assert_error(400, "INVALID_INPUT");
    assert_eq!(
        typed.put_raw(path, r#"{"complete":null}"#).await.faulty_fields(),
        ["complete"]
    );
    typed
        .put_raw(path, r#"{"complete":true}"#)
        .await
        .assert_error(404, "NOT_FOUND");
    app.finish().await;
}

/// With every place taken, overload is answered after the route and before the credential.
#[tokio::test]
async fn overload_is_answered_before_the_credential() {
    let app = TestApp::start_with(&[("HEMERA_HTTP__CONCURRENCY", "1")]).await;
    let anonymous = app.anonymous();
    let (reached, mut is_reached) = mpsc::channel::<()>(1);
    let (release, is_released) = oneshot::channel::<()>();
    let slow_body = Body::from_stream(stream::once(async move {
        reached.send(()).await.unwrap();
        is_released.await.unwrap();
        Ok::<_, Infallible>(Bytes::from_static(br#"{"complete":false}"#))
    }));
    let admin = app.admin().with("content-type", "application/json");
    let occupant = admin.put_raw("/api/service/participations/participation_1001/result", slow_body);
    let others = async {
        // The handler reads the body: the only place is taken.
        is_reached.recv().await.unwrap();
        anonymous
            .put_raw("/api/service/nothing", body())
            .await
            .assert_error(404, "NOT_FOUND");
        let refused = anonymous.put_raw(PATH, body()).await;
        refused.assert_error(503, "SERVICE_UNAVAILABLE");
        assert_eq!(refused.header("retry-after"), "1");
        release.send(()).unwrap();
    };
    let (occupant, ()) = tokio::join!(occupant, others);
    occupant.assert_status(200);
    anonymous
        .put_raw(PATH, body())
        .await
        .assert_error(401, "UNAUTHORIZED");

    // A request that was refused for overload is recorded too.
    let database = app.finish().await;
    let recorded = database
        .rows("select status, operation from audit_log where reason = 'too_many_requests_at_once'")
        .await;
    let expected = serde_json::json!({ "status": 503, "operation": "participations.update_result" });
    assert_eq!(recorded, [expected]);
}
