//! Each figure, brought about by a server and a source of tokens.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::time::Duration;

use aither_client::{CircuitPolicy, Pace, RetryBudget, StaticServiceKey};

use super::documents::words_below;
use super::{read, registry_of};
use crate::support::{Bench, NumberedTokens, Reply, Server, TokenReply, client_of, failure, list};

fn status(status: u16) -> Reply {
    Reply::json(status, failure("SOME_CODE", "refused"))
}

/// A client that makes one attempt of each call.
async fn single(reply: Reply) -> Bench {
    Bench::configured(Server::always(reply).await, |builder| {
        builder.with_max_attempts(1).without_circuit()
    })
}

fn calls(outcome: &str) -> String {
    format!("aither_client_calls_total{{operation=\"courses.list\",outcome=\"{outcome}\"}}")
}

fn attempts(result: &str) -> String {
    format!("aither_client_attempts_total{{operation=\"courses.list\",result=\"{result}\"}}")
}

/// What a server answers, the outcome of the call, and the result of its last attempt.
fn answers() -> Vec<(Reply, &'static str, &'static str)> {
    vec![
        (Reply::courses(), "ok", "ok"),
        (status(400), "invalid", "refused"),
        (status(401), "unauthorized", "unauthorized"),
        (status(403), "forbidden", "refused"),
        (status(404), "not_found", "refused"),
        (status(412), "precondition_failed", "refused"),
        (Reply::rate_limited("1"), "rate_limited", "rate_limited"),
        (status(503), "unavailable", "unavailable"),
        (status(500), "server_error", "server_error"),
        (status(302), "unexpected", "unexpected"),
        (Reply::unchanged("\"1\""), "unexpected", "unchanged"),
        (Reply::json(200, "no envelope"), "undecodable", "ok"),
        (Reply::Endless, "undecodable", "failed"),
        (Reply::Cut, "connection", "broken"),
    ]
}

#[tokio::test]
async fn each_documented_outcome_and_result_is_counted() {
    let (mut outcomes, mut results) = (BTreeSet::new(), BTreeSet::new());
    for (reply, outcome, result) in answers() {
        let bench = single(reply).await;
        let registry = registry_of(&bench.client);
        let _ = bench.list().await;
        let scrape = read(&registry);
        assert!(scrape.value(&calls(outcome)) >= 1, "{outcome} in {}", scrape.0);
        assert!(scrape.value(&attempts(result)) >= 1, "{result} in {}", scrape.0);
        outcomes.insert(outcome);
        results.insert(result);
    }
    // The others have a test of their own below, or cannot be brought about: a request is written by this client alone.
    outcomes.extend([
        "timeout",
        "paced",
        "circuit_open",
        "no_token",
        "cancelled",
        "not_sendable",
    ]);
    results.extend(["timeout", "not_connected", "cancelled"]);
    assert_eq!(outcomes, words_below("Outcomes of a call"));
    assert_eq!(results, words_below("Results of an attempt"));
}

#[tokio::test]
async fn silence_is_a_timeout_and_a_closed_port_no_connection() {
    let silent = Bench::configured(Server::always(Reply::Silence).await, |builder| {
        builder
            .with_max_attempts(1)
            .with_attempt_timeout(Duration::from_millis(50))
    });
    let registry = registry_of(&silent.client);
    silent.list().await.unwrap_err();
    let scrape = read(&registry);
    assert_eq!(scrape.value(&calls("timeout")), 1);
    assert_eq!(scrape.value(&attempts("timeout")), 1);

    let bench = single(Reply::courses()).await;
    let client = client_of(&bench.server, NumberedTokens::new(), &bench.clock, &bench.sleep);
    let client = client.with_max_attempts(1).build().unwrap();
    drop(bench.server);
    tokio::task::yield_now().await;
    let registry = registry_of(&client);
    list(&client).await.unwrap_err();
    let scrape = read(&registry);
    assert_eq!(scrape.value(&calls("connection")), 1);
    assert_eq!(scrape.value(&attempts("not_connected")), 1, "{}", scrape.0);
}

#[tokio::test]
async fn dropped_call_is_cancelled_and_so_is_its_attempt() {
    let bench = Bench::new(Server::always(Reply::Silence).await);
    let registry = registry_of(&bench.client);
    let call = tokio::spawn({
        let client = bench.client.clone();
        async move { list(&client).await.map(drop) }
    });
    while bench.server.received().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(read(&registry).value("aither_client_attempts_in_flight"), 1);
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let scrape = read(&registry);
    assert_eq!(scrape.value(&calls("cancelled")), 1);
    assert_eq!(scrape.value(&attempts("cancelled")), 1);
    assert_eq!(scrape.value("aither_client_attempts_in_flight"), 0);
}

#[tokio::test]
async fn retries_count_by_reason_and_stop_with_the_budget() {
    let reserve = NonZeroU32::new(2).unwrap();
    let script = [
        status(401),
        Reply::rate_limited("1"),
        Reply::unavailable(),
        Reply::Cut,
        status(503),
    ];
    let bench = Bench::configured(Server::script(script).await, |builder| {
        let budget = RetryBudget::new(0, reserve);
        builder
            .with_max_attempts(9)
            .with_retry_budget(budget)
            .without_circuit()
    });
    let registry = registry_of(&bench.client);
    assert!(bench.list().await.unwrap_err().is_out_of_retries());
    let scrape = read(&registry);
    for reason in ["unauthorized", "rate_limited", "unavailable", "broken"] {
        let series = format!("aither_client_retries_total{{reason=\"{reason}\"}}");
        assert_eq!(scrape.value(&series), 1, "{reason}: {}", scrape.0);
    }
    assert_eq!(scrape.value("aither_client_retries_denied_total"), 1);
    assert_eq!(scrape.value("aither_client_retries_available"), 0);
}

#[tokio::test]
async fn token_requests_count_by_outcome_and_the_token_has_an_age() {
    let script = [TokenReply::TransientFor(Duration::from_secs(4))];
    let source = NumberedTokens::scripted(script);
    let bench = Bench::with_source(Server::always(Reply::courses()).await, source);
    let registry = registry_of(&bench.client);
    assert!(read(&registry).all("aither_client_token_age_seconds").is_empty());
    bench.list().await.unwrap();
    bench.clock.advance(Duration::from_mins(2));
    let scrape = read(&registry);
    let requests = |outcome| {
        scrape.value(&format!(
            "aither_client_token_requests_total{{outcome=\"{outcome}\"}}"
        ))
    };
    assert_eq!((requests("minted"), requests("transient")), (1, 1));
    assert_eq!(scrape.value("aither_client_token_age_seconds"), 120);
    assert_eq!(scrape.value("aither_client_token_remaining_seconds"), 780);
    let waited = "aither_client_call_wait_seconds_sum{wait=\"token\"}";
    assert!(scrape.value(waited) >= 4, "{}", scrape.0);

    let banned = NumberedTokens::scripted([TokenReply::Permanent]);
    let bench = Bench::with_source(Server::always(Reply::courses()).await, banned);
    let registry = registry_of(&bench.client);
    bench.list().await.unwrap_err();
    let scrape = read(&registry);
    assert_eq!(scrape.value(&calls("no_token")), 1);
    assert_eq!(
        scrape.value("aither_client_token_requests_total{outcome=\"permanent\"}"),
        1
    );

    let key = StaticServiceKey::parse("hk_1").unwrap();
    let client = client_of(&bench.server, key, &bench.clock, &bench.sleep)
        .build()
        .unwrap();
    let registry = registry_of(&client);
    list(&client).await.unwrap();
    let scrape = read(&registry);
    assert_eq!(
        scrape.value("aither_client_token_requests_total{outcome=\"static\"}"),
        1
    );
    assert!(scrape.all("aither_client_token_remaining_seconds").is_empty());
}

#[tokio::test]
async fn circuit_counts_its_changes_and_shows_its_state() {
    let script = [Reply::unavailable(), Reply::courses()];
    let policy = CircuitPolicy::new(NonZeroU32::MIN, Duration::from_secs(5), Duration::from_secs(9));
    let bench = Bench::configured(Server::script(script).await, |builder| {
        builder.with_circuit(policy).with_max_attempts(1)
    });
    let registry = registry_of(&bench.client);
    let states = |of: &str| {
        let scrape = read(&registry);
        let state = |word| scrape.value(&format!("aither_client_circuit_state{{state=\"{word}\"}}"));
        assert_eq!(state("closed") + state("open") + state("probing"), 1);
        assert_eq!(state(of), 1, "{}", scrape.0);
    };
    states("closed");
    bench.list().await.unwrap_err();
    states("open");
    assert!(bench.list().await.unwrap_err().is_circuit_open());
    bench.clock.advance(Duration::from_secs(5));
    bench.list().await.unwrap();
    states("closed");
    let scrape = read(&registry);
    assert_eq!(scrape.value(&calls("circuit_open")), 1);
    for change in ["opened", "closed"] {
        let series = format!("aither_client_circuit_changes_total{{change=\"{change}\"}}");
        assert_eq!(scrape.value(&series), 1, "{}", scrape.0);
    }
}

#[tokio::test]
async fn pace_counts_the_time_in_it_and_the_calls_that_it_refuses() {
    let bench = Bench::configured(Server::always(Reply::courses()).await, |builder| {
        let pace = Pace::new(NonZeroU32::new(6).unwrap(), NonZeroU32::MIN);
        builder.with_pace(pace).with_deadline(Duration::from_secs(15))
    });
    let registry = registry_of(&bench.client);
    bench.list().await.unwrap();
    bench.list().await.unwrap();
    let scrape = read(&registry);
    assert_eq!(
        scrape.value("aither_client_call_wait_seconds_sum{wait=\"pace\"}"),
        10
    );
    assert_eq!(
        scrape.value("aither_client_call_wait_seconds_count{wait=\"pace\"}"),
        2
    );
    let bucket =
        "aither_client_call_duration_seconds_bucket{le=\"10.0\",operation=\"courses.list\",result=\"ok\"}";
    assert_eq!(scrape.value(bucket), 2, "{}", scrape.0);

    let bench = single(Reply::rate_limited("40")).await;
    let registry = registry_of(&bench.client);
    bench.list().await.unwrap_err();
    bench.list().await.unwrap_err();
    let scrape = read(&registry);
    assert_eq!(scrape.value(&calls("paced")), 1);
    assert_eq!(scrape.value("aither_client_pause_seconds"), 40);
}

#[tokio::test]
async fn cache_counts_hits_changes_and_misses() {
    let tagged = |tag: &str| Reply::courses().with_header("etag", tag);
    let script = [tagged("\"1\""), Reply::unchanged("\"1\""), tagged("\"2\"")];
    let bench = Bench::new(Server::script(script).await);
    let registry = registry_of(&bench.client);
    for _ in 0..3 {
        bench.list().await.unwrap();
    }
    let scrape = read(&registry);
    for result in ["miss", "hit", "changed"] {
        let series = format!("aither_client_response_cache_lookups_total{{result=\"{result}\"}}");
        assert_eq!(scrape.value(&series), 1, "{result}: {}", scrape.0);
    }
    assert_eq!(scrape.value("aither_client_response_cache_responses"), 1);
    assert!(scrape.value("aither_client_response_cache_size_bytes") > 100);
}

#[tokio::test]
async fn duration_of_a_call_has_its_trace_as_exemplar() {
    let bench = Bench::new(Server::always(Reply::courses()).await);
    let registry = registry_of(&bench.client);
    let trace = bench.list().await.unwrap().info().trace_id;
    let text = read(&registry).0;
    let exemplar = format!("# {{trace_id=\"{trace}\"}}");
    let line = text.lines().find(|line| line.contains(&exemplar)).unwrap();
    assert!(
        line.starts_with("aither_client_call_duration_seconds_bucket{"),
        "{line}"
    );
}

#[tokio::test]
async fn clones_count_together_and_gauges_end_with_the_client() {
    let Bench { client, server, .. } = Bench::new(Server::always(Reply::courses()).await);
    let registry = registry_of(&client);
    list(&client).await.unwrap();
    list(&client.clone()).await.unwrap();
    assert_eq!(read(&registry).value(&calls("ok")), 2);
    assert!(!read(&registry).all("aither_client_waiting_calls").is_empty());
    drop(client);
    let scrape = read(&registry);
    assert!(scrape.all("aither_client_waiting_calls").is_empty());
    assert_eq!(scrape.value(&calls("ok")), 2);
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn nothing_of_a_request_becomes_a_label() {
    let bench = Bench::new(Server::always(Reply::courses()).await);
    let registry = registry_of(&bench.client);
    bench.list().await.unwrap();
    let text = read(&registry).0;
    let seen = bench.server.only();
    for secret in [
        seen.bearer(),
        seen.header("x-request-id"),
        bench.server.origin(),
        "/api/service",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
}
