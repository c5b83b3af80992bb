//! A 401 causes one new token and one more attempt; a second one ends the call.

use std::sync::Arc;
use std::time::Duration;

use aither_client::StaticServiceKey;
use freshness::{ManualClock, RecordedSleep};
use tokio::sync::Notify;

use crate::support::{
    Bench, NumberedTokens, Received, Reply, Server, TokenReply, client_of, failure, list, started_at,
};

fn refused() -> Reply {
    Reply::json(
        401,
        failure(
            "UNAUTHORIZED",
            "Authentication required: send one valid credential, in Authorization (Bearer) or X-API-Key",
        ),
    )
}

/// Accepts every token except the first.
fn revoked_first(seen: &Received) -> Reply {
    if seen.bearer() == "token-1" {
        refused()
    } else {
        Reply::courses()
    }
}

#[tokio::test]
async fn refused_token_is_replaced_and_the_call_sent_once_more() {
    let bench = Bench::new(Server::by(revoked_first).await);
    bench.list().await.unwrap();
    assert_eq!(bench.server.bearers(), ["token-1", "token-2"]);
    assert_eq!(bench.source.requests(), 2);
    assert!(bench.sleep.asked().is_empty(), "a new token needs no wait");
}

#[tokio::test]
async fn second_refusal_ends_the_call() {
    let bench = Bench::new(Server::always(refused()).await);
    let error = bench.list().await.unwrap_err();
    assert!(error.is_unauthorized() && !error.is_transient());
    assert_eq!(error.attempts(), 2);
    assert_eq!(bench.server.bearers(), ["token-1", "token-2"]);
}

#[tokio::test]
async fn late_refusal_does_not_drop_the_newer_token() {
    let signal = Arc::new(Notify::new());
    let held_back = Arc::clone(&signal);
    let mut first = true;
    let server = Server::by(move |seen| {
        let reply = revoked_first(seen);
        if std::mem::take(&mut first) {
            Reply::After(Arc::clone(&held_back), Box::new(reply))
        } else {
            reply
        }
    })
    .await;
    let bench = Bench::new(server);
    let client = bench.client.clone();
    let late = tokio::spawn(async move { list(&client).await.map(drop) });
    while bench.server.received().is_empty() {
        tokio::task::yield_now().await;
    }
    bench.list().await.unwrap();
    signal.notify_one();
    late.await.unwrap().unwrap();
    assert_eq!(
        bench.server.bearers(),
        ["token-1", "token-1", "token-2", "token-2"]
    );
    assert_eq!(bench.source.requests(), 2);
}

#[tokio::test]
async fn refused_service_key_is_not_sent_again() {
    let server = Server::always(refused()).await;
    let (clock, sleep) = (ManualClock::at(started_at()), RecordedSleep::new());
    let key = StaticServiceKey::parse("hk_live_1").unwrap();
    let client = client_of(&server, key, &clock, &sleep).build().unwrap();
    for _ in 0..2 {
        let error = list(&client).await.unwrap_err();
        assert!(error.is_unauthorized());
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!(server.received().len(), 2);
    assert!(sleep.asked().is_empty());
}

#[tokio::test]
async fn same_token_again_causes_no_second_attempt() {
    let source = NumberedTokens::scripted([TokenReply::Token, TokenReply::SameToken]);
    let bench = Bench::with_source(Server::by(revoked_first).await, source);
    let error = bench.list().await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!((error.attempts(), bench.source.requests()), (1, 2));
}

#[tokio::test]
async fn without_a_new_token_the_refusal_is_the_error_and_the_reason_its_cause() {
    let source = NumberedTokens::scripted([TokenReply::Token, TokenReply::Permanent]);
    let bench = Bench::with_source(Server::by(revoked_first).await, source);
    let error = bench.list().await.unwrap_err();
    assert!(error.is_unauthorized());
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("the service user is banned"), "{cause}");
}

#[tokio::test]
async fn repeated_refusals_do_not_cause_repeated_token_requests() {
    let bench = Bench::configured(Server::always(refused()).await, |builder| {
        builder.with_deadline(Duration::from_secs(1))
    });
    for _ in 0..20 {
        bench.list().await.unwrap_err();
    }
    assert_eq!(bench.source.requests(), 2, "all within one cool-down");
    bench.clock.advance(Duration::from_secs(10));
    assert!(bench.list().await.unwrap_err().is_unauthorized());
}
