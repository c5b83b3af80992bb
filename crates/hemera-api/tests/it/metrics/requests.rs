//! Requests: each counted once, under a word that no caller chooses.

use std::time::Duration;

use clerk_emulator::{Effect, Fault};
use serde_json::json;

use super::{COURSES, ask, courses, served};
use crate::support::CapturedLog;

#[tokio::test]
async fn each_request_counts_under_its_operation_method_and_status() {
    let server = served(&[]).await;
    let bearer = format!("authorization: Bearer {}", server.token);
    courses(&server, &server.token).await.assert_status(200);
    ask(&server, "HEAD", COURSES, &[&bearer]).await.assert_status(200);
    ask(&server, "GET", "/api/service/participations/nobody", &[&bearer])
        .await
        .assert_status(404);
    ask(&server, "PATCH", "/api/service/participations/x/result", &[])
        .await
        .assert_status(405);
    for path in ["/api/service/nothing", "/.env", "/api/service/courses/a/b/c"] {
        ask(&server, "GET", path, &[]).await.assert_status(404);
    }
    ask(&server, "GET", "/livez", &[]).await.assert_status(200);
    ask(&server, "BREW", "/livez", &[]).await.assert_status(405);

    let scrape = server.scrape().await;
    let counted = scrape.all("hemera_http_requests_total");
    let series = |operation: &str, method: &str, status: u16| {
        format!(
            "hemera_http_requests_total{{operation=\"{operation}\",method=\"{method}\",status=\"{status}\"}}"
        )
    };
    let expected = [
        (series("courses.list", "GET", 200), 1),
        (series("courses.list", "HEAD", 200), 1),
        (series("participations.get", "GET", 404), 1),
        (series("participations.update_result", "other", 405), 1),
        (series("unmatched", "GET", 404), 3),
        (series("health", "GET", 200), 1),
        (series("health", "other", 405), 1),
    ];
    assert_eq!(counted, expected.into());
}

/// In seconds, from the arrival of the head.
#[tokio::test]
async fn durations_are_measured_on_the_servers_clock() {
    let server = served(&[]).await;
    let body = json!({ "complete": false }).to_string();
    let mut writer = server.connect().await;
    let head = server.head_of_write(body.len()).replace(
        "\r\n\r\n",
        "\r\nconnection: close\r\nexpect: 100-continue\r\n\r\n",
    );
    writer.send(&head).await;
    writer.read_until("100 Continue").await;
    assert_eq!(server.scrape().await.value("hemera_http_requests_in_flight"), 1);
    server.advance(Duration::from_secs(2));
    writer.send(&body).await;
    assert!(writer.read_to_end().await.contains("200 OK"));

    let scrape = server.scrape().await;
    assert_eq!(scrape.value("hemera_http_requests_in_flight"), 0);
    let labels = "operation=\"participations.update_result\",status_class=\"2xx\"";
    let up_to = |le: &str| {
        scrape.value(&format!(
            "hemera_http_request_duration_seconds_bucket{{le=\"{le}\",{labels}}}"
        ))
    };
    assert_eq!((up_to("1.0"), up_to("2.5"), up_to("+Inf")), (0, 1, 1));
    let sum = format!("hemera_http_request_duration_seconds_sum{{{labels}}}");
    assert_eq!(scrape.value(&sum), 2);
}

/// A caller that goes away in the middle is not in flight for ever.
#[tokio::test]
async fn who_has_gone_is_not_in_flight() {
    let server = served(&[]).await;
    let mut writer = server.connect().await;
    let head = server
        .head_of_write(100)
        .replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n");
    writer.send(&head).await;
    writer.read_until("100 Continue").await;
    let in_flight = "hemera_http_requests_in_flight";
    assert_eq!(server.scrape().await.value(in_flight), 1);
    drop(writer);
    server.scrape_until(|scrape| scrape.value(in_flight) == 0).await;
}

/// A caller that goes away before the answer is counted with the status that was made for it, and has its line in the log.
#[tokio::test]
async fn who_has_gone_is_counted_and_logged() {
    let log = CapturedLog::start();
    let server = served(&[]).await;
    server.clerk.add_fault(Fault::new("/v1/users/*", Effect::Hold));
    let mut caller = server.connect().await;
    let head = format!(
        "GET {COURSES} HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {}\r\n\r\n",
        server.token
    );
    caller.send(&head).await;
    while server.clerk.journal("GET", "/v1/users/*").is_empty() {
        tokio::task::yield_now().await;
    }
    drop(caller);
    // The server has seen that it is gone.
    server
        .scrape_until(|scrape| scrape.value("hemera_http_connections") == 0)
        .await;
    assert!(log.requests().is_empty(), "{:?}", log.requests());
    server.clerk.clear_faults();
    let counted = "hemera_http_requests_total{operation=\"courses.list\",method=\"GET\",status=\"200\"}";
    server
        .scrape_until(|scrape| scrape.all("hemera_http_requests_total").contains_key(counted))
        .await;
    let [line] = &log.requests()[..] else {
        panic!("not one line: {:?}", log.requests());
    };
    assert_eq!(
        (&line["status"], &line["caller_gone"]),
        (&200.into(), &true.into())
    );
    assert_eq!(line["role"], "api-client");
}

/// Faults of ours are told apart by what went wrong.
#[tokio::test]
async fn failures_count_under_their_reason() {
    let server = served(&[("HEMERA_HTTP__HANDLER_TIMEOUT", "100ms")]).await;
    let mut writer = server.connect().await;
    writer
        .send(
            &server
                .head_of_write(100)
                .replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n"),
        )
        .await;
    assert!(writer.read_to_end().await.contains("503"));
    server
        .database
        .run("alter table courses rename to elsewhere")
        .await;
    courses(&server, &server.token).await.assert_status(500);
    let scrape = server.scrape().await;
    for (reason, count) in [("handler_timed_out", 1), ("database_error", 1)] {
        let series = format!("hemera_http_failures_total{{reason=\"{reason}\"}}");
        assert_eq!(scrape.value(&series), count, "{}", scrape.0.text);
    }
}
