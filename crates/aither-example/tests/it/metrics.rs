//! `/metrics`

use std::time::Duration;

use aither_client::testing::Fault;
use reqwest::Method;

use crate::support::{Gate, Service, answer, service, service_behind};

async fn scrape(service: &Service) -> String {
    let scraped = answer(service.request(Method::GET, "/metrics")).await;
    assert_eq!(scraped.status.as_u16(), 200, "without the key");
    assert!(
        scraped.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    assert!(scraped.text.ends_with("# EOF\n"));
    scraped.text
}

#[track_caller]
fn assert_has(text: &str, line: &str) {
    assert!(text.lines().any(|each| each == line), "{line} in:\n{text}");
}

#[tokio::test]
async fn figures_of_the_service_and_of_its_client_are_scraped() {
    let service = service().await;
    assert_has(
        &scrape(&service).await,
        "aither_example_sync_last_success_timestamp_seconds 0",
    );
    service.get("/api/slides?course=course_over").await;
    service.get("/api/slides?course=course_none").await;
    service.get("/no/such/route").await;
    service.post("/api/sync").await;
    service.sync_ended().await;

    let text = scrape(&service).await;
    for line in [
        "aither_example_requests_total{route=\"/api/slides\",status=\"200\"} 1",
        "aither_example_requests_total{route=\"/api/slides\",status=\"404\"} 1",
        "aither_example_requests_total{route=\"none\",status=\"404\"} 1",
        "aither_example_requests_total{route=\"/api/sync\",status=\"202\"} 1",
        "aither_example_requests_total{route=\"/metrics\",status=\"200\"} 1",
        "aither_example_syncs_total{outcome=\"succeeded\"} 1",
        "aither_example_sync_running 0",
        // 1 March 2026, 09:00 UTC.
        "aither_example_sync_last_success_timestamp_seconds 1772355600",
        "aither_client_calls_total{operation=\"courses.get\",outcome=\"ok\"} 2",
    ] {
        assert_has(&text, line);
    }
    assert!(!text.contains("course_over"), "no id is a label");
    service.stop().await;
}

#[tokio::test]
async fn a_running_sync_is_a_figure() {
    let gate = Gate::closed();
    let service = service_behind(&gate).await;
    service.hemera.fail_next(Fault::Slow(Duration::from_secs(1)));
    service.post("/api/sync").await;
    assert_has(&scrape(&service).await, "aither_example_sync_running 1");
    gate.open();
    service.sync_ended().await;
    assert_has(&scrape(&service).await, "aither_example_sync_running 0");
    service.stop().await;
}
