//! What the door counts.

use crate::support::{Hemera, KEY, Opened, SERVICE_KEY, Script};

#[tokio::test]
async fn requests_refusals_and_the_figures_of_the_client_are_there() {
    let hemera = Hemera::sending([Script::success(), Script::new(404, "{}"), Script::new(503, "{}")]).await;
    let door = Opened::before(&hemera);
    for _ in 0..3 {
        door.ask("GET /api/service/courses/c_1", "", "").await;
    }
    door.ask("GET /nothing", "", "").await;
    door.ask("GET /api/service/courses", "origin: null\r\n", "").await;
    let figures = door.figures().await;
    for expected in [
        "aither_door_requests_total{operation=\"courses.get\",outcome=\"ok\"} 1",
        "aither_door_requests_total{operation=\"courses.get\",outcome=\"client_error\"} 1",
        "aither_door_requests_total{operation=\"courses.get\",outcome=\"server_error\"} 1",
        "aither_door_request_duration_seconds_count{operation=\"courses.get\"} 3",
        "aither_door_refusals_total{reason=\"unknown_path\"} 1",
        "aither_door_refusals_total{reason=\"from_browser\"} 1",
        "aither_door_connections 1",
        "aither_client_calls_total{operation=\"courses.get\",outcome=\"ok\"} 1",
        "# EOF",
    ] {
        assert!(figures.contains(expected), "{expected}: {figures}");
    }
    for secret in [KEY, SERVICE_KEY, "c_1"] {
        assert!(!figures.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn figures_need_the_key_and_say_what_they_are() {
    let door = Opened::before_nothing();
    let head = format!(
        "GET /metrics HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
        door.address
    );
    assert_eq!(door.ask_raw(&head).await.status, 401);
    let reply = door.ask("GET /metrics", "", "").await;
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(reply.header("content-type"), Some(content_type));
}
