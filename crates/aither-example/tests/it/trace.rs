//! Traces: those of the service's callers go on at Hemera.

use std::sync::Arc;

use aither_client::{HemeraClient, StaticServiceKey};
use axum::http::{HeaderMap, StatusCode};
use parking_lot::Mutex;
use reqwest::Method;

use crate::support::{KEY, academy, answer, service_of};

const TRACE_ID: &str = "0af7651916cd43dd8448eb211c80319c";

#[tokio::test]
async fn calls_on_behalf_of_a_request_belong_to_its_trace() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = Arc::clone(&seen);
    // The Hemera in memory keeps no traces: this one does nothing else.
    let hemera = axum::Router::new().fallback(async move |headers: HeaderMap| {
        noted
            .lock()
            .push(headers["traceparent"].to_str().unwrap().to_owned());
        StatusCode::NOT_FOUND
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(axum::serve(listener, hemera).into_future());
    let key = StaticServiceKey::parse("hmr_test_of_nothing").unwrap();
    let client = HemeraClient::builder(base_url.parse().unwrap(), key)
        .build()
        .unwrap();
    let service = service_of(academy().start().await.unwrap(), client);

    let request = service
        .request(Method::GET, "/api/slides")
        .header("x-api-key", KEY);
    let parent = format!("00-{TRACE_ID}-b7ad6b7169203331-01");
    answer(request.header("traceparent", parent))
        .await
        .error(502, "HEMERA_FAILED");
    service.get("/api/slides").await.error(502, "HEMERA_FAILED");

    let seen = seen.lock().clone();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(seen[0].starts_with(&format!("00-{TRACE_ID}-")), "{seen:?}");
    assert!(
        !seen[0].contains("b7ad6b7169203331"),
        "a span of its own: {seen:?}"
    );
    assert!(!seen[1].contains(TRACE_ID), "{seen:?}");
    service.stop().await;
    serving.abort();
}
