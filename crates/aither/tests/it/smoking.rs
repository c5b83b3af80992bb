//! `smoke`.

use std::fs;
use std::time::Duration;

use aither_client::hemera_types::Operation;
use aither_client::testing::Fault;
use serde_json::Value;

use crate::support::Aither;
use crate::support::academy::{PARTICIPATION, academy, lines, stored};

fn verdicts(smoked: &Value) -> Vec<(String, String)> {
    let steps = smoked["steps"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    steps
        .iter()
        .map(|step| (text(&step["name"]), text(&step["verdict"])))
        .collect()
}

#[tokio::test]
async fn smoke_tries_every_promise_and_writes_nothing() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let json = aither.json(&["smoke"]).await;
    assert_eq!(json["passed"], true);
    let verdicts = verdicts(&json);
    assert_eq!(verdicts.len(), 17);
    for (name, verdict) in verdicts {
        // On this machine there is no TLS, and the key of this Aither is no token that ends.
        let is_tried = !["tls", "in clear", "expired token"].contains(&name.as_str());
        let expected = if is_tried { "kept" } else { "skipped" };
        assert_eq!(verdict, expected, "{name}: {json}");
    }
    assert!(lines(&hemera).iter().all(|line| line.starts_with("GET ")));
    let shown = aither.run(&["smoke"]).await.succeeded();
    assert_eq!(
        shown.output.lines().filter(|line| line.starts_with('✓')).count(),
        14,
        "{shown:?}"
    );
}

#[tokio::test]
async fn smoke_writes_on_request_and_puts_back_what_was_there() {
    let hemera = academy().await;
    let (outcome, notes, status, version) = stored(&hemera);
    let json = Aither::at(&hemera)
        .json(&["smoke", "--write", PARTICIPATION])
        .await;
    assert_eq!(
        verdicts(&json).last().unwrap(),
        &("write".to_owned(), "kept".to_owned())
    );
    let after = stored(&hemera);
    assert_eq!((after.0, after.1, after.2), (outcome, notes, status));
    assert_ne!(after.3, version, "it was written");
}

#[tokio::test]
async fn line_that_smoke_could_not_take_away_goes_with_the_next_run() {
    let hemera = academy().await;
    let (outcome, ..) = stored(&hemera);
    let aither = Aither::at(&hemera);
    let write = Operation::UpdateParticipationResult;
    hemera.fail_next(Fault::Slow(Duration::ZERO).on(write));
    // As many attempts as a call makes.
    hemera.fail_next(Fault::Dropped.times(4).on(write));
    let command = ["smoke", "--write", PARTICIPATION];
    let ended = aither.run(&command).await;
    assert_ne!(ended.code, Some(0), "{ended:?}");
    assert!(ended.output.contains("not put back"), "{ended:?}");
    let left = stored(&hemera).0.unwrap();
    assert!(left.starts_with(outcome.as_deref().unwrap()), "{left:?}");
    assert_ne!(Some(left), outcome);
    aither.run(&command).await.succeeded();
    assert_eq!(stored(&hemera).0, outcome);
}

#[tokio::test]
async fn smoke_counts_repeated_reads_and_fails_with_the_first_failed_call() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    hemera.fail_next(Fault::Dropped.on(Operation::GetParticipation));
    let json = aither.json(&["smoke", "--for", "200ms"]).await;
    assert_eq!(json["reads"]["failed"], 0, "{json}");
    assert!(json["reads"]["calls"].as_u64().unwrap() >= 4, "{json}");
    // The fault above was met by the step before.
    assert_eq!(json["reads"]["retries"], 0, "{json}");
    hemera.fail_next(Fault::Slow(Duration::ZERO).on(Operation::GetCourseMaterials));
    hemera.fail_next(Fault::Dropped.times(4).on(Operation::GetCourseMaterials));
    let ended = aither.run(&["smoke", "--for", "200ms", "--json"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let json = ended.json();
    assert_eq!(json["reads"]["failed"], 1, "{json}");
    assert!(json["reads"]["retries"].as_u64().unwrap() >= 1, "{json}");
    assert_eq!(
        verdicts(&json).pop().unwrap(),
        ("reads".to_owned(), "broken".to_owned())
    );
}

#[tokio::test]
async fn smoke_tries_the_expired_token_of_a_file() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let file = aither.directory().join("token");
    // {"alg":"RS256"} and {"exp":1}
    fs::write(&file, "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln\n").unwrap();
    let json = aither.json(&["smoke", "--expired-token", "token"]).await;
    assert_eq!(
        verdicts(&json).last().unwrap(),
        &("expired token".to_owned(), "kept".to_owned())
    );
    // {"exp":9999999999}
    fs::write(&file, "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjk5OTk5OTk5OTl9.c2ln").unwrap();
    let ended = aither.run(&["smoke", "--expired-token", "token"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.output.contains("has not expired"), "{ended:?}");
}

#[tokio::test]
async fn smoke_stops_at_the_first_broken_promise() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera).with("HEMERA_API_KEY", "hk_wrong_key");
    let ended = aither.run(&["smoke", "--json"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let json = ended.json();
    assert_eq!(json["passed"], false);
    let broken = verdicts(&json).pop().unwrap();
    assert_eq!(broken, ("courses".to_owned(), "broken".to_owned()));
    assert!(json["steps"].as_array().unwrap().last().unwrap()["remedy"].is_string());
    let unreachable = Aither::at(&hemera)
        .run(&["smoke", "--base-url", "http://127.0.0.1:9"])
        .await;
    assert_eq!(unreachable.code, Some(4), "{unreachable:?}");
    assert!(unreachable.output.starts_with("✗ ready"), "{unreachable:?}");
}

#[tokio::test]
async fn smoke_takes_the_address_from_its_argument() {
    let hemera = academy().await;
    let url = hemera.base_url().to_string();
    let aither = Aither::at(&hemera).with("HEMERA_API_BASE_URL", "http://127.0.0.1:9");
    let json = aither.json(&["smoke", "--base-url", &url]).await;
    assert_eq!(json["baseUrl"], url);
}
