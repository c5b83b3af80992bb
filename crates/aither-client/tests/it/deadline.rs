//! One budget of time per call, whatever it is spent on.

use std::time::Duration;

use aither_client::hemera_types::CourseQuery;

use crate::support::{Bench, Numbered, Reply, Server, course_page, failure};

async fn list(bench: &Bench) -> Result<(), aither_client::Error> {
    bench
        .client
        .service_courses(&CourseQuery::default())
        .await
        .map(drop)
}

/// Far more than the deadlines below and far less than what a server can withhold.
async fn soon<T>(call: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), call).await.unwrap()
}

#[tokio::test]
async fn nobody_waits_beyond_the_deadline() {
    let busy = Reply::json(503, failure("SERVICE_UNAVAILABLE", "later")).with_header("retry-after", "12");
    let bench = Bench::with(Server::always(busy).await, Numbered::new(), |builder| {
        builder
            .with_deadline(Duration::from_secs(30))
            .with_max_attempts(100)
    });
    let error = list(&bench).await.unwrap_err();
    assert!(error.is_unavailable());
    assert_eq!(error.attempts(), 3);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(12)));
    assert_eq!(bench.sleep.asked(), [Duration::from_secs(12); 2]);
}

#[tokio::test]
async fn a_silent_server_cannot_hold_a_call_longer_than_its_deadline() {
    let bench = Bench::with(Server::always(Reply::Silence).await, Numbered::new(), |builder| {
        builder
            .with_deadline(Duration::from_millis(100))
            .with_attempt_timeout(Duration::from_hours(1))
    });
    let error = soon(list(&bench)).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn a_silent_issuer_cannot_hold_a_call_longer_than_its_deadline() {
    let server = Server::always(Reply::json(200, course_page())).await;
    let bench = Bench::with(server, Numbered::closed(), |builder| {
        builder.with_deadline(Duration::from_millis(500))
    });
    let error = soon(list(&bench)).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.attempts(), 0);
    bench.source.open();
    list(&bench).await.unwrap();
    assert_eq!(
        bench.source.asked(),
        1,
        "the request that the first caller began was still good"
    );
}
