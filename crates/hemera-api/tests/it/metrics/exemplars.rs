//! Exemplars: from a bucket of a histogram to a trace that the log knows.

use super::{COURSES, ask, served};
use crate::support::CapturedLog;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const BUCKET: &str = "hemera_http_request_duration_seconds_bucket{";

#[tokio::test]
async fn bucket_names_the_trace_of_its_latest_request() {
    let server = served(&[]).await;
    let bearer = format!("authorization: Bearer {}", server.token);
    ask(&server, "GET", COURSES, &[&bearer]).await.assert_status(200);
    let traced = format!("traceparent: 00-{TRACE}-00f067aa0ba902b7-00");
    ask(&server, "GET", COURSES, &[&bearer, &traced])
        .await
        .assert_status(200);
    let text = server.scrape().await.0.text;
    let exemplars: Vec<_> = text.lines().filter(|line| line.contains(" # {")).collect();
    // The clock stands still: both requests took no time at all. It began on 10 March 2026 at 09:00.
    let expected = format!(
        "{BUCKET}le=\"0.00025\",operation=\"courses.list\",status_class=\"2xx\"}} 2 \
         # {{trace_id=\"{TRACE}\"}} 0.0 1773133200.0"
    );
    assert_eq!(exemplars, [expected], "{text}");
}

#[tokio::test]
async fn request_that_began_its_own_trace_is_found_in_the_log() {
    let server = served(&[]).await;
    let log = CapturedLog::start();
    ask(&server, "GET", "/nowhere", &[]).await.assert_status(404);
    let trace = log.requests()[0]["trace_id"].as_str().unwrap().to_owned();
    let text = server.scrape().await.0.text;
    assert!(text.contains(&format!("# {{trace_id=\"{trace}\"}}")), "{text}");
}

#[tokio::test]
async fn plain_text_and_probes_have_none() {
    let server = served(&[]).await;
    ask(&server, "GET", "/livez", &[]).await.assert_status(200);
    assert!(!server.scrape().await.0.text.contains("trace_id"));
    ask(&server, "GET", "/nowhere", &[]).await.assert_status(404);
    let plain = server.scrape_as("text/plain").await.0.text;
    assert!(plain.contains(BUCKET) && !plain.contains("trace_id"), "{plain}");
    assert!(server.scrape().await.0.text.contains("trace_id"));
}
