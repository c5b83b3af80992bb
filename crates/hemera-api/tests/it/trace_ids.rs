//! `traceparent`: its trace id is on every log line of the request, those of its statements too.

use aither_client::hemera_types::{CourseQuery, TraceParent};
use aither_client::{HemeraClient, StaticServiceKey};
use serde_json::Value;

use crate::support::{CapturedLog, Served, TestApp};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

fn lines(log: &CapturedLog) -> Vec<Value> {
    let text = log.text();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The line about the statement that reads the courses.
fn line_of_statement(lines: &[Value]) -> &Value {
    let is_it = |line: &&Value| {
        line["target"] == "sqlx::query" && line["db.statement"].as_str().unwrap().contains("courses")
    };
    lines.iter().find(is_it).unwrap()
}

/// The trace id on the one line about a request.
fn trace_of_only_request(log: &CapturedLog) -> String {
    let requests = log.requests();
    assert_eq!(requests.len(), 1);
    requests[0]["trace_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn callers_trace_is_on_every_line_of_its_request() {
    let app = TestApp::start().await;
    let log = CapturedLog::start();
    let answer = app
        .service()
        .with("traceparent", format!("00-{TRACE}-{SPAN}-01"))
        .with("x-request-id", "of-this-test")
        .get("/api/service/courses")
        .await;
    answer.assert_status(200);

    let lines = lines(&log);
    let of_request: Vec<_> = lines
        .iter()
        .filter(|line| line["request_id"] == "of-this-test")
        .collect();
    let without = of_request.iter().find(|line| line["trace_id"] != TRACE);
    assert!(without.is_none(), "{without:?}");
    let request = of_request.iter().find(|line| line["message"] == "request");
    assert_eq!(request.unwrap()["caller_span"], SPAN);

    // The statement of the handler has a span of its own below that of the request.
    let statement = line_of_statement(&lines);
    assert_eq!(statement["trace_id"], TRACE);
    assert_eq!(statement["request_id"], "of-this-test");
    assert!(
        statement["deadline_ms"].as_u64().is_some_and(|left| left > 0),
        "{statement}"
    );
    app.finish().await;
}

/// From the application's own trace through client and server to the statement.
#[tokio::test]
async fn trace_of_the_clients_caller_reaches_the_statement() {
    let server = Served::start_with(&[]).await;
    let log = CapturedLog::start();
    let key = StaticServiceKey::parse(TestApp::SERVICE_KEY.to_owned()).unwrap();
    let base_url = format!("http://{}", server.address).parse().unwrap();
    let client = HemeraClient::builder(base_url, key).build().unwrap();
    let parent = TraceParent::parse(format!("00-{TRACE}-{SPAN}-01").as_bytes()).unwrap();
    let page = client
        .in_trace(parent)
        .service_courses(&CourseQuery::default())
        .await
        .unwrap();
    let lines = lines(&log);
    let statement = line_of_statement(&lines);
    assert_eq!(statement["trace_id"], TRACE);
    assert_eq!(statement["request_id"], page.info().request_id.as_str());
    let request = &log.requests()[0];
    assert_eq!(request["trace_id"], TRACE);
    // The span is that of the attempt, which the client has made.
    assert_ne!(request["caller_span"], SPAN);
    assert_eq!(request["caller_span"].as_str().unwrap().len(), 16);
}

#[tokio::test]
async fn request_without_a_trace_begins_one() {
    let app = TestApp::start().await;
    let mut seen = Vec::new();
    for header in [
        None,
        Some(format!("ff-{TRACE}-{SPAN}-01")),
        Some(format!("00-{TRACE}-{}-01", "0".repeat(16))),
        Some(format!("00-{TRACE}-{SPAN}-01-more")),
    ] {
        let log = CapturedLog::start();
        let sender = app.anonymous();
        let sender = match &header {
            Some(header) => sender.with("traceparent", header),
            None => sender,
        };
        sender
            .get("/api/service/courses")
            .await
            .assert_error(401, "UNAUTHORIZED");
        let trace = trace_of_only_request(&log);
        assert_eq!(trace.len(), 32, "{trace}");
        assert!(
            trace
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
            "{trace}"
        );
        assert_ne!(trace, TRACE, "{header:?}");
        assert!(log.requests()[0]["caller_span"].is_null());
        assert!(!seen.contains(&trace));
        seen.push(trace);
    }
    app.finish().await;
}

#[tokio::test]
async fn two_traces_are_none() {
    let app = TestApp::start().await;
    let log = CapturedLog::start();
    let header = format!("00-{TRACE}-{SPAN}-01");
    let twice = app
        .anonymous()
        .with("traceparent", &header)
        .with("traceparent", &header);
    twice.get("/nowhere").await.assert_error(404, "NOT_FOUND");
    assert_ne!(trace_of_only_request(&log), TRACE);
    app.finish().await;
}
