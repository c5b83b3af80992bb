//! The limit that Hemera announces with every response applies to all callers.

use std::num::NonZeroU32;
use std::time::Duration;

use aither_client::HemeraClientBuilder;

use crate::support::{Bench, Logs, Reply, Server, started_at};

/// A success of a server that admits 60 requests a minute, 5 in a row.
fn served(remaining: u32) -> Reply {
    announcing(Reply::courses(), remaining)
        .with_header("ratelimit-policy", "\"minute\";q=60;w=60, \"burst\";q=5;w=5")
        .with_header("ratelimit", format!("\"burst\";r={remaining};t=1"))
}

/// Only the headers without a window.
fn announcing(reply: Reply, remaining: u32) -> Reply {
    reply
        .with_header("x-ratelimit-limit", "60")
        .with_header("x-ratelimit-remaining", remaining.to_string())
        .with_header("x-ratelimit-reset", "1773576005")
}

fn bench(server: Server) -> Bench {
    Bench::configured(server, HemeraClientBuilder::without_pace)
}

#[tokio::test]
async fn when_nothing_remains_every_clone_waits_for_the_next_slot() {
    let bench = bench(Server::script([served(0), served(0), served(4)]).await);
    bench.list().await.unwrap();
    assert_eq!(bench.slept(), Duration::ZERO);
    bench.list().await.unwrap();
    let first = bench.slept();
    assert!(
        first >= Duration::from_secs(1) && first < Duration::from_secs(3),
        "{first:?}"
    );
    bench.list().await.unwrap();
    assert!(
        bench.slept() >= first + Duration::from_secs(1),
        "{:?}",
        bench.slept()
    );
    assert_eq!(bench.server.received().len(), 3);
}

#[tokio::test]
async fn without_a_policy_the_limit_is_spread_over_a_minute() {
    let nothing = announcing(Reply::courses(), 0);
    let bench = bench(Server::script([nothing, served(4)]).await);
    bench.list().await.unwrap();
    bench.list().await.unwrap();
    assert_eq!(bench.slept(), Duration::from_secs(1));
}

#[tokio::test]
async fn with_remaining_requests_no_call_waits() {
    let bench = bench(Server::always(served(4)).await);
    for _ in 0..100 {
        bench.list().await.unwrap();
    }
    assert_eq!(bench.slept(), Duration::ZERO);
}

#[tokio::test]
async fn call_that_cannot_wait_ends_immediately_with_the_wait() {
    let server = Server::always(served(0)).await;
    let bench = Bench::configured(server, |builder| {
        builder.without_pace().with_deadline(Duration::from_secs(1))
    });
    bench.list().await.unwrap();
    let error = bench.list().await.unwrap_err();
    assert!(error.is_throttled() && error.status().is_none() && error.attempts() == 0);
    assert!(error.retry_after().unwrap() > Duration::from_secs(1));
    assert!(bench.sleep.asked().is_empty());
}

#[tokio::test]
async fn a_503_with_retry_after_pauses_all_clones() {
    let busy = Reply::unavailable().with_header("retry-after", "20");
    let server = Server::script([busy, served(4)]).await;
    let bench = Bench::configured(server, |builder| builder.with_max_attempts(1));
    bench.list().await.unwrap_err();
    assert_eq!(bench.client.status().paused_for, Some(Duration::from_secs(20)));
    bench.list().await.unwrap();
    assert_eq!(bench.sleep.asked(), [Duration::from_secs(20)]);
    assert_eq!(bench.client.status().paused_for, None);
}

#[tokio::test]
async fn pause_is_logged_once() {
    let (logs, _recording) = Logs::record();
    let busy = Reply::rate_limited("20");
    let bench = Bench::configured(Server::always(busy).await, |builder| builder.with_max_attempts(1));
    let (one, other) = futures_util::future::join(bench.list(), bench.list()).await;
    assert_eq!(one.unwrap_err().attempts() + other.unwrap_err().attempts(), 2);
    let text = logs.text();
    assert_eq!(text.matches("Hemera asks to wait").count(), 1, "{text}");
}

#[tokio::test]
async fn error_says_that_hemera_asks_to_wait_beyond_the_deadline() {
    let busy = Reply::rate_limited("40");
    let bench = bench(Server::always(busy).await);
    let error = bench.list().await.unwrap_err();
    assert_eq!(
        (error.attempts(), error.retry_after()),
        (1, Some(Duration::from_secs(40)))
    );
    let error = bench.list().await.unwrap_err();
    assert_eq!(error.attempts(), 0);
    let line = error.to_string();
    assert!(
        line.contains("Hemera asks all calls to wait, for longer than the deadline; ask again in 40.0 s"),
        "{line}"
    );
}

#[tokio::test]
async fn announced_limit_is_shown() {
    let bench = Bench::new(Server::always(served(4)).await);
    assert_eq!(bench.client.status().rate_limit, None);
    bench.list().await.unwrap();
    let announced = bench.client.status().rate_limit.unwrap();
    assert_eq!(bench.client.rate_limit(), Some(announced));
    assert_eq!(
        (
            announced.limit,
            announced.remaining,
            announced.burst,
            announced.window
        ),
        (60, 4, NonZeroU32::new(5), Some(Duration::from_mins(1)))
    );
    assert_eq!(announced.reset, started_at() + Duration::from_secs(5));
    let status = bench.client.status();
    assert_eq!((status.waiting, status.in_flight), (0, 0));
}
