//! One time budget for everything in a call.

use std::num::NonZeroU32;
use std::time::Duration;

use aither_client::{Error, HemeraClient, Pace};

use crate::support::{Bench, NumberedTokens, Reply, Server, TokenReply, list};

/// Limits a call to 10 s: far longer than the deadlines below.
async fn soon<T>(call: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), call).await.unwrap()
}

#[tokio::test]
async fn no_wait_reaches_the_deadline() {
    let busy = Reply::unavailable().with_header("retry-after", "12");
    let bench = Bench::configured(Server::always(busy).await, |builder| {
        builder
            .with_deadline(Duration::from_secs(30))
            .with_max_attempts(100)
    });
    let error = bench.list().await.unwrap_err();
    assert!(error.is_unavailable());
    assert_eq!(error.attempts(), 3);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(12)));
    assert_eq!(bench.sleep.asked(), [Duration::from_secs(12); 2]);
}

#[tokio::test]
async fn silent_server_delays_a_call_until_its_deadline_at_most() {
    let bench = Bench::configured(Server::always(Reply::Silence).await, |builder| {
        builder
            .with_deadline(Duration::from_millis(100))
            .with_attempt_timeout(Duration::from_hours(1))
    });
    let error = soon(bench.list()).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn silent_issuer_delays_a_call_until_its_deadline_at_most() {
    let server = Server::always(Reply::courses()).await;
    let bench = Bench::with(server, NumberedTokens::closed(), |builder| {
        builder.with_deadline(Duration::from_millis(500))
    });
    let error = soon(bench.list()).await.unwrap_err();
    assert!(error.is_timeout() && error.is_deadline_exceeded());
    assert_eq!(error.attempts(), 0);
    bench.source.open();
    bench.list().await.unwrap();
    assert_eq!(
        bench.source.requests(),
        1,
        "the token request of the first caller was still in progress"
    );
}

/// Retries, pacing and token requests share one budget, and the error says what each of them took.
#[tokio::test]
async fn error_says_how_long_each_kind_of_wait_took() {
    let busy = Reply::unavailable();
    let source = NumberedTokens::scripted([TokenReply::TransientFor(Duration::from_secs(4))]);
    let bench = Bench::with(Server::always(busy).await, source, |builder| {
        let pace = Pace::new(NonZeroU32::new(6).unwrap(), NonZeroU32::MIN);
        builder.with_pace(pace).with_max_attempts(3)
    });
    let error = bench.list().await.unwrap_err();
    assert_eq!((error.attempts(), error.status().unwrap().as_u16()), (3, 503));
    let spent = error.time_spent();
    assert!(spent.token >= Duration::from_secs(4), "{spent}");
    assert!(spent.retries >= Duration::from_millis(600), "{spent}");
    assert_eq!(spent.pacing + spent.retries, Duration::from_secs(20), "{spent}");
    let slept = bench.slept();
    assert_eq!(spent.pacing + spent.retries + spent.token, slept);
}

#[tokio::test]
async fn wait_for_a_token_leaves_less_time_for_the_gate() {
    let server = Server::always(Reply::courses()).await;
    let source = NumberedTokens::scripted([
        TokenReply::Token,
        TokenReply::TransientFor(Duration::from_secs(20)),
    ]);
    let bench = Bench::with(server, source, |builder| {
        builder.with_pace(Pace::new(NonZeroU32::new(2).unwrap(), NonZeroU32::MIN))
    });
    bench.list().await.unwrap();
    let held = bench.client.tokens().peek().unwrap();
    bench.client.tokens().invalidate(held.generation);
    let error = bench.list().await.unwrap_err();
    assert!(error.is_throttled() && error.attempts() == 0);
    let spent = error.time_spent();
    assert!(spent.token >= Duration::from_secs(20), "{spent}");
    let left = Duration::from_secs(30).saturating_sub(spent.token);
    assert_eq!(error.retry_after(), Some(left));
}

/// The error of a call with a deadline of 300 ms, on the system's clock.
async fn error_after_300_ms(server: &Server, source: NumberedTokens) -> Error {
    let client = HemeraClient::builder(server.origin().parse().unwrap(), source)
        .with_deadline(Duration::from_millis(300))
        .build()
        .unwrap();
    soon(list(&client)).await.unwrap_err()
}

#[tokio::test]
async fn deadline_error_says_where_the_time_went() {
    let server = Server::always(Reply::courses()).await;
    let error = error_after_300_ms(&server, NumberedTokens::closed()).await;
    assert!(error.is_deadline_exceeded() && error.attempts() == 0);
    assert!(
        error.time_spent().token >= Duration::from_millis(300),
        "{:?}",
        error.time_spent()
    );
    let line = error.to_string();
    assert!(
        line.contains("the deadline of 0.3 s passed (0.3 s for a token"),
        "{line}"
    );
    assert!(line.contains("check the token source"), "{line}");

    let silent = Server::always(Reply::Silence).await;
    let error = error_after_300_ms(&silent, NumberedTokens::new()).await;
    assert!(error.is_deadline_exceeded() && error.attempts() == 1);
    assert!(error.to_string().contains("s in attempts"), "{error}");
}
