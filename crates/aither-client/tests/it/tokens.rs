//! Tokens: fetched when needed, shared, renewed before they expire, and never fetched more often than that.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aither_client::{StaticServiceKey, TokenCache};
use freshness::{ManualClock, Policy, RecordedSleep};
use futures_util::FutureExt as _;
use tokio::task::JoinSet;

use crate::support::{Bench, NumberedTokens, Reply, Server, TokenReply, client_of, list, started_at};

#[tokio::test]
async fn thousand_concurrent_callers_cause_one_token_request() {
    let server = Server::always(Reply::courses()).await;
    let bench = Bench::with(server, NumberedTokens::closed(), |builder| {
        builder
            .without_pace()
            .with_deadline(Duration::from_mins(5))
            .with_attempt_timeout(Duration::from_mins(1))
    });
    let waiting = Arc::new(AtomicU32::new(0));
    let mut callers = JoinSet::new();
    for _ in 0..1_000 {
        let (client, waiting) = (bench.client.clone(), Arc::clone(&waiting));
        callers.spawn(async move {
            waiting.fetch_add(1, Ordering::Relaxed);
            list(&client).await.map(drop)
        });
    }
    while waiting.load(Ordering::Relaxed) < 1_000 || bench.source.requests() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(bench.server.received().is_empty());
    bench.source.open();
    for outcome in callers.join_all().await {
        outcome.unwrap();
    }
    assert_eq!(bench.source.requests(), 1);
    assert_eq!(bench.server.received().len(), 1_000);
}

#[tokio::test]
async fn no_token_is_fetched_before_the_first_call() {
    let bench = Bench::new(Server::always(Reply::courses()).await);
    tokio::task::yield_now().await;
    assert_eq!(bench.source.requests(), 0);
    bench.client.tokens().warm().await.unwrap();
    bench.list().await.unwrap();
    bench.list().await.unwrap();
    assert_eq!(bench.source.requests(), 1);
}

#[tokio::test]
async fn expired_token_is_never_sent() {
    let bench = Bench::new(Server::always(Reply::courses()).await);
    bench.list().await.unwrap();
    bench.clock.advance(Duration::from_mins(15));
    bench.list().await.unwrap();
    assert_eq!(bench.server.bearers(), ["token-1", "token-2"]);
}

#[tokio::test]
async fn token_expires_while_the_machine_is_suspended() {
    let bench = Bench::new(Server::always(Reply::courses()).await);
    bench.list().await.unwrap();
    bench.clock.advance_wall(Duration::from_mins(15));
    bench.list().await.unwrap();
    assert_eq!(bench.server.bearers(), ["token-1", "token-2"]);
}

#[tokio::test]
async fn token_near_its_end_is_renewed_in_the_background() {
    let bench = Bench::new(Server::always(Reply::courses()).await);
    bench.list().await.unwrap();
    bench.clock.advance(Duration::from_mins(14));
    bench.list().await.unwrap();
    while bench.client.tokens().peek().unwrap().age > Duration::ZERO {
        tokio::task::yield_now().await;
    }
    bench.list().await.unwrap();
    assert_eq!(bench.server.bearers(), ["token-1", "token-1", "token-2"]);
}

#[tokio::test]
async fn failed_renewal_does_not_affect_a_valid_token() {
    let source = NumberedTokens::scripted([TokenReply::Token, TokenReply::Permanent, TokenReply::Token]);
    let bench = Bench::with_source(Server::always(Reply::courses()).await, source);
    bench.list().await.unwrap();
    bench.clock.advance(Duration::from_mins(14));
    bench.list().await.unwrap();
    while bench.source.requests() < 2 {
        tokio::task::yield_now().await;
    }
    bench.list().await.unwrap();
    assert_eq!(bench.server.bearers(), ["token-1"; 3]);
    bench.clock.advance(Duration::from_mins(1));
    bench.list().await.unwrap();
    assert_eq!(bench.server.bearers().last().unwrap(), "token-2");
}

#[tokio::test]
async fn transient_failure_of_the_issuer_is_waited_for() {
    let source = NumberedTokens::scripted([TokenReply::Transient]);
    let bench = Bench::with_source(Server::always(Reply::courses()).await, source);
    bench.list().await.unwrap();
    assert_eq!((bench.source.requests(), bench.server.received().len()), (2, 1));
    assert_eq!(bench.sleep.asked().len(), 1);
}

#[tokio::test]
async fn wait_of_the_issuer_beyond_the_deadline_ends_the_call() {
    let source = NumberedTokens::scripted([TokenReply::TransientFor(Duration::from_secs(45))]);
    let bench = Bench::with_source(Server::always(Reply::courses()).await, source);
    let error = bench.list().await.unwrap_err();
    assert!(error.is_token_unavailable() && error.is_transient());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(45)));
    assert_eq!(
        (
            error.attempts(),
            bench.sleep.asked().len(),
            bench.server.received().len()
        ),
        (0, 0, 0)
    );
}

#[tokio::test]
async fn permanent_failure_is_not_repeated_and_its_text_is_shown() {
    let source = NumberedTokens::scripted([TokenReply::Permanent]);
    let bench = Bench::with_source(Server::always(Reply::courses()).await, source);
    let error = bench.list().await.unwrap_err();
    assert!(error.is_token_unavailable() && !error.is_transient());
    assert!(
        error
            .to_string()
            .contains("the service user is banned; have it unbanned"),
        "{error}"
    );
    assert_eq!((bench.source.requests(), bench.server.received().len()), (1, 0));
    bench.clock.advance(Duration::from_secs(30));
    bench.list().await.unwrap();
}

#[tokio::test]
async fn service_key_has_its_own_header_and_never_expires() {
    let server = Server::always(Reply::courses()).await;
    let (clock, sleep) = (ManualClock::at(started_at()), RecordedSleep::new());
    let key = StaticServiceKey::parse("hk_live_1").unwrap();
    let client = client_of(&server, key, &clock, &sleep).build().unwrap();
    list(&client).await.unwrap();
    clock.advance(Duration::from_hours(24 * 365));
    list(&client).await.unwrap();
    for seen in server.received() {
        assert_eq!(seen.header("x-api-key"), "hk_live_1");
        assert!(!seen.headers.contains_key("authorization"));
    }
}

#[tokio::test]
async fn cached_token_costs_no_allocation() {
    let clock = ManualClock::at(started_at());
    let tokens = TokenCache::new(
        Arc::new(NumberedTokens::new()),
        Policy::default(),
        Arc::new(clock),
    );
    tokens.warm().await.unwrap();
    let counted = allocation_counter::measure(|| {
        for _ in 0..1_000 {
            let held = tokens.token().now_or_never().unwrap();
            assert!(held.is_ok());
        }
    });
    assert_eq!(counted.count_total, 0);
}
