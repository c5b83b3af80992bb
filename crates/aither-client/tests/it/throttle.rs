//! Pace: every attempt of every clone passes one gate, and a 429 closes it for all.

use std::num::NonZeroU32;
use std::time::Duration;

use aither_client::Pace;
use aither_client::hemera_types::CourseQuery;

use crate::support::{Bench, Endless, Numbered, Outcome, Reply, Server, course_page, failure};

async fn list(bench: &Bench) -> Result<(), aither_client::Error> {
    bench
        .client
        .clone()
        .service_courses(&CourseQuery::default())
        .await
        .map(drop)
}

fn slept(bench: &Bench) -> Duration {
    bench.sleep.asked().iter().sum()
}

fn pace(per_minute: u32, burst: u32) -> Pace {
    Pace::new(
        NonZeroU32::new(per_minute).unwrap(),
        NonZeroU32::new(burst).unwrap(),
    )
}

#[tokio::test]
async fn at_most_96_requests_a_minute_are_sent() {
    let bench = Bench::with(
        Server::always(Reply::json(200, course_page())).await,
        Numbered::new(),
        |builder| builder.with_deadline(Duration::from_mins(2)),
    );
    for _ in 0..96 {
        list(&bench).await.unwrap();
    }
    assert!(
        slept(&bench) < Duration::from_mins(1),
        "96 took {:?}",
        slept(&bench)
    );
    list(&bench).await.unwrap();
    assert!(
        slept(&bench) >= Duration::from_mins(1),
        "the 97th came after {:?}",
        slept(&bench)
    );
    for _ in 97..480 {
        list(&bench).await.unwrap();
    }
    assert!(
        slept(&bench) < Duration::from_mins(5),
        "480 took {:?}",
        slept(&bench)
    );
}

#[tokio::test]
async fn every_attempt_takes_a_slot() {
    let busy = Reply::json(503, failure("SERVICE_UNAVAILABLE", "later"));
    let served = Reply::json(200, course_page());
    let bench = Bench::with(
        Server::script([busy, served.clone(), served]).await,
        Numbered::new(),
        |builder| builder.with_pace(pace(6, 2)),
    );
    list(&bench).await.unwrap();
    let before = slept(&bench);
    assert!(before < Duration::from_secs(1), "{before:?}");
    list(&bench).await.unwrap();
    assert_eq!(
        slept(&bench),
        Duration::from_secs(10),
        "the third attempt has its place 10 s after the first"
    );
}

#[tokio::test]
async fn a_429_pauses_all_clones() {
    let busy = Reply::json(429, failure("RATE_LIMITED", "later")).with_header("retry-after", "20");
    let server = Server::script([busy, Reply::json(200, course_page())]).await;
    let bench = Bench::with(server, Numbered::new(), |builder| builder.with_max_attempts(1));
    let error = list(&bench).await.unwrap_err();
    assert!(error.is_throttled());
    assert!(bench.sleep.asked().is_empty());
    list(&bench).await.unwrap();
    assert_eq!(bench.sleep.asked(), [Duration::from_secs(20)]);
}

#[tokio::test]
async fn pause_after_a_429_is_limited() {
    let busy = Reply::json(429, failure("RATE_LIMITED", "later")).with_header("retry-after", "86400");
    let server = Server::script([busy, Reply::json(200, course_page())]).await;
    let bench = Bench::new(server);
    list(&bench).await.unwrap_err();
    let error = list(&bench).await.unwrap_err();
    assert!(error.is_throttled());
    assert_eq!(
        (error.attempts(), error.retry_after()),
        (0, Some(Duration::from_mins(1)))
    );
    bench.clock.advance(Duration::from_mins(1));
    list(&bench).await.unwrap();
}

#[tokio::test]
async fn call_that_would_miss_its_deadline_ends_immediately_and_takes_no_slot() {
    let bench = Bench::with(
        Server::always(Reply::json(200, course_page())).await,
        Numbered::new(),
        |builder| builder.with_pace(pace(1, 1)),
    );
    list(&bench).await.unwrap();
    for _ in 0..3 {
        let error = list(&bench).await.unwrap_err();
        assert!(error.is_throttled() && error.is_transient() && error.status().is_none());
        assert_eq!(
            (error.attempts(), error.retry_after()),
            (0, Some(Duration::from_mins(1)))
        );
    }
    assert!(bench.sleep.asked().is_empty());
    bench.clock.advance(Duration::from_mins(1));
    list(&bench).await.unwrap();
    assert_eq!(bench.server.seen().len(), 2);
}

#[tokio::test]
async fn cancelled_caller_takes_no_slot() {
    let bench = Bench::with(
        Server::always(Reply::json(200, course_page())).await,
        Numbered::new(),
        |builder| builder.with_pace(pace(6, 1)).with_sleep(Endless),
    );
    list(&bench).await.unwrap();
    for _ in 0..10 {
        let client = bench.client.clone();
        let caller = tokio::spawn(async move { client.service_courses(&CourseQuery::default()).await });
        tokio::task::yield_now().await;
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
    }
    bench.clock.advance(Duration::from_secs(10));
    list(&bench).await.unwrap();
}

#[tokio::test]
async fn call_without_a_token_takes_no_slot() {
    let server = Server::always(Reply::json(200, course_page())).await;
    let source = Numbered::scripted([Outcome::Permanent]);
    let bench = Bench::with(server, source, |builder| builder.with_pace(pace(1, 1)));
    assert!(list(&bench).await.unwrap_err().is_token_unavailable());
    bench.clock.advance(Duration::from_secs(10));
    list(&bench).await.unwrap();
    assert!(bench.sleep.asked().is_empty());
}

#[tokio::test]
async fn pace_can_be_turned_off() {
    let bench = Bench::with(
        Server::always(Reply::json(200, course_page())).await,
        Numbered::new(),
        aither_client::HemeraClientBuilder::without_pace,
    );
    for _ in 0..200 {
        list(&bench).await.unwrap();
    }
    assert!(bench.sleep.asked().is_empty());
}
