//! The retry budget: when everything fails, retries do not multiply the load of the server.

use std::num::NonZeroU32;
use std::time::Duration;

use aither_client::RetryBudget;

use crate::support::{Bench, Logs, Reply, Server};

#[tokio::test]
async fn when_every_call_fails_few_attempts_are_retries() {
    let bench = Bench::configured(Server::always(Reply::unavailable()).await, |builder| {
        builder.without_circuit().without_pace()
    });
    let mut errors = Vec::new();
    for _ in 0..100 {
        errors.push(bench.list().await.unwrap_err());
    }
    let retries = bench.server.received().len() - 100;
    let waited = bench.slept();
    let most = 10 + 20 + waited.as_secs() / 6 + 1;
    assert!(
        (30..=usize::try_from(most).unwrap()).contains(&retries),
        "{retries} retries in {waited:?}"
    );
    // Which calls get a retry depends on the random waits; that most get none does not.
    let (first_only, tried_again): (Vec<_>, Vec<_>) = errors[50..].iter().partition(|e| e.attempts() == 1);
    assert!(first_only.len() > tried_again.len(), "{tried_again:?}");
    for error in &errors[50..] {
        assert!(error.is_out_of_retries() && error.is_unavailable(), "{error:?}");
        let line = error.to_string();
        assert!(
            line.contains("not tried again because too many calls fail"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn used_up_budget_is_logged_once() {
    let (logs, _recording) = Logs::record();
    let budget = RetryBudget::new(0, NonZeroU32::MIN);
    let bench = Bench::configured(Server::always(Reply::unavailable()).await, |builder| {
        builder.without_circuit().with_retry_budget(budget)
    });
    for _ in 0..5 {
        assert!(bench.list().await.unwrap_err().is_out_of_retries());
    }
    let text = logs.text();
    let said: Vec<_> = text
        .lines()
        .filter(|said| said.contains("the retry budget is spent"))
        .collect();
    assert!(matches!(said[..], [once] if once.contains(" WARN ")), "{text}");
}

#[tokio::test]
async fn remaining_retries_are_shown_and_refill() {
    let bench = Bench::configured(
        Server::script([Reply::unavailable(), Reply::courses()]).await,
        |builder| builder.with_retry_budget(RetryBudget::new(0, NonZeroU32::new(10).unwrap())),
    );
    assert_eq!(bench.client.status().retries_left, Some(10));
    bench.list().await.unwrap();
    assert_eq!(bench.client.status().retries_left, Some(9));
    bench.clock.advance(Duration::from_secs(6));
    assert_eq!(bench.client.status().retries_left, Some(10));
}

#[tokio::test]
async fn budget_can_be_turned_off() {
    let bench = Bench::configured(Server::always(Reply::unavailable()).await, |builder| {
        builder.without_circuit().without_pace().without_retry_budget()
    });
    for _ in 0..20 {
        assert_eq!(bench.list().await.unwrap_err().attempts(), 4);
    }
    assert_eq!(bench.client.status().retries_left, None);
}

/// A retry after a 429 is paced by the gate, so it needs no budget.
#[tokio::test]
async fn retry_after_a_429_takes_nothing_from_the_budget() {
    let busy = Reply::rate_limited("1");
    let script = [busy.clone(), busy.clone(), busy, Reply::courses()];
    let bench = Bench::configured(Server::script(script).await, |builder| {
        builder.with_retry_budget(RetryBudget::new(0, NonZeroU32::MIN))
    });
    bench.list().await.unwrap();
    assert_eq!(bench.client.status().retries_left, Some(1));
}
