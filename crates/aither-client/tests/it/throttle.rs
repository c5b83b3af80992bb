//! The pacing gate: every attempt of every clone passes it, and a 429 closes it for all.

use std::num::NonZeroU32;
use std::time::Duration;

use aither_client::Pace;

use crate::support::{Bench, EndlessSleep, NumberedTokens, Reply, Server, TokenReply, list};

fn pace(per_minute: u32, burst: u32) -> Pace {
    Pace::new(
        NonZeroU32::new(per_minute).unwrap(),
        NonZeroU32::new(burst).unwrap(),
    )
}

#[tokio::test]
async fn at_most_96_requests_a_minute_are_sent() {
    let bench = Bench::configured(Server::always(Reply::courses()).await, |builder| {
        builder.with_deadline(Duration::from_mins(2))
    });
    for _ in 0..96 {
        bench.list().await.unwrap();
    }
    assert!(
        bench.slept() < Duration::from_mins(1),
        "96 took {:?}",
        bench.slept()
    );
    bench.list().await.unwrap();
    assert!(
        bench.slept() >= Duration::from_mins(1),
        "the 97th came after {:?}",
        bench.slept()
    );
    for _ in 97..480 {
        bench.list().await.unwrap();
    }
    assert!(
        bench.slept() < Duration::from_mins(5),
        "480 took {:?}",
        bench.slept()
    );
}

#[tokio::test]
async fn every_attempt_takes_a_slot() {
    let busy = Reply::unavailable();
    let served = Reply::courses();
    let bench = Bench::configured(Server::script([busy, served.clone(), served]).await, |builder| {
        builder.with_pace(pace(6, 2))
    });
    bench.list().await.unwrap();
    let before = bench.slept();
    assert!(before < Duration::from_secs(1), "{before:?}");
    bench.list().await.unwrap();
    assert_eq!(
        bench.slept(),
        Duration::from_secs(10),
        "the third attempt has its slot 10 s after the first"
    );
}

#[tokio::test]
async fn a_429_pauses_all_clones() {
    let busy = Reply::rate_limited("20");
    let server = Server::script([busy, Reply::courses()]).await;
    let bench = Bench::configured(server, |builder| builder.with_max_attempts(1));
    let error = bench.list().await.unwrap_err();
    assert!(error.is_throttled());
    assert!(bench.sleep.asked().is_empty());
    bench.list().await.unwrap();
    assert_eq!(bench.sleep.asked(), [Duration::from_secs(20)]);
}

#[tokio::test]
async fn pause_after_a_429_is_limited() {
    let busy = Reply::rate_limited("86400");
    let server = Server::script([busy, Reply::courses()]).await;
    let bench = Bench::new(server);
    bench.list().await.unwrap_err();
    let error = bench.list().await.unwrap_err();
    assert!(error.is_throttled());
    assert_eq!(
        (error.attempts(), error.retry_after()),
        (0, Some(Duration::from_mins(1)))
    );
    bench.clock.advance(Duration::from_mins(1));
    bench.list().await.unwrap();
}

#[tokio::test]
async fn call_that_would_miss_its_deadline_ends_immediately_and_takes_no_slot() {
    let bench = Bench::configured(Server::always(Reply::courses()).await, |builder| {
        builder.with_pace(pace(1, 1))
    });
    bench.list().await.unwrap();
    for _ in 0..3 {
        let error = bench.list().await.unwrap_err();
        assert!(error.is_throttled() && error.is_transient() && error.status().is_none());
        assert_eq!(
            (error.attempts(), error.retry_after()),
            (0, Some(Duration::from_mins(1)))
        );
    }
    assert!(bench.sleep.asked().is_empty());
    bench.clock.advance(Duration::from_mins(1));
    bench.list().await.unwrap();
    assert_eq!(bench.server.received().len(), 2);
}

#[tokio::test]
async fn cancelled_caller_takes_no_slot() {
    let bench = Bench::configured(Server::always(Reply::courses()).await, |builder| {
        builder.with_pace(pace(6, 1)).with_sleep(EndlessSleep)
    });
    bench.list().await.unwrap();
    for _ in 0..10 {
        let client = bench.client.clone();
        let caller = tokio::spawn(async move { list(&client).await });
        tokio::task::yield_now().await;
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
    }
    bench.clock.advance(Duration::from_secs(10));
    bench.list().await.unwrap();
}

#[tokio::test]
async fn call_without_a_token_takes_no_slot() {
    let server = Server::always(Reply::courses()).await;
    let source = NumberedTokens::scripted([TokenReply::Permanent]);
    let bench = Bench::with(server, source, |builder| builder.with_pace(pace(1, 1)));
    assert!(bench.list().await.unwrap_err().is_token_unavailable());
    bench.clock.advance(Duration::from_secs(10));
    bench.list().await.unwrap();
    assert!(bench.sleep.asked().is_empty());
}

#[tokio::test]
async fn pace_can_be_turned_off() {
    let bench = Bench::configured(
        Server::always(Reply::courses()).await,
        aither_client::HemeraClientBuilder::without_pace,
    );
    for _ in 0..200 {
        bench.list().await.unwrap();
    }
    assert!(bench.sleep.asked().is_empty());
}
