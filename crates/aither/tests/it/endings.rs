//! Each exit code, provoked, and what a failure says.

use std::time::Duration;

use aither_client::testing::Fault;
use serde_json::{Value, json};

use crate::support::Aither;
use crate::support::academy::{PARTICIPATION, academy};
use crate::support::clerk::Clerk;

#[tokio::test]
async fn refusal_is_1_and_names_the_request() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let error = aither.run(&["course", "missing"]).await.failed(1);
    let id = hemera.requests()[0].request_id.to_string();
    assert!(
        error.contains("404 NOT_FOUND, Course not found; check the id"),
        "{error}"
    );
    assert!(error.ends_with(&format!("(request {id})")), "{error}");
    let wrong = aither.with("HEMERA_API_KEY", "hk_wrong_key");
    let error = wrong.run(&["courses"]).await.failed(1);
    assert!(error.contains("401 UNAUTHORIZED"), "{error}");
    assert!(!error.contains("hk_wrong_key"), "{error}");
}

#[tokio::test]
async fn failure_is_json_for_programs() {
    let hemera = academy().await;
    let ended = Aither::at(&hemera).run(&["course", "missing", "--json"]).await;
    assert_eq!((ended.code, ended.output.as_str()), (Some(1), ""));
    let json: Value = serde_json::from_str(&ended.notes).unwrap();
    assert_eq!(json["exitCode"], 1);
    assert_eq!(json["error"]["status"], 404);
    assert_eq!(json["error"]["code"], "NOT_FOUND");
    assert_eq!(json["error"]["advice"], "check the id");
    assert_eq!(
        json["error"]["requestId"],
        hemera.requests()[0].request_id.to_string()
    );
}

#[tokio::test]
async fn wrong_arguments_are_2() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    for arguments in [
        &[][..],
        &["unknown"],
        &["course"],
        &["course", "not an id"],
        &["courses", "--limit", "0"],
        &["courses", "--starts-from", "tomorrow"],
        &["courses", "--upcoming", "--starts-from", "2026-01-01"],
        &["courses", "--timeout", "0s"],
        &["recording", "a/b", "http://x.example", "2026-01-01"],
    ] {
        let ended = aither.run(arguments).await;
        assert_eq!(
            (ended.code, ended.output.as_str()),
            (Some(2), ""),
            "{arguments:?}"
        );
        assert!(!ended.notes.is_empty(), "{arguments:?}");
    }
    assert!(hemera.requests().is_empty());
    let ended = aither.run(&["courses", "--limit", "0", "--json"]).await;
    assert_eq!((ended.code, ended.output.as_str()), (Some(2), ""));
    let json: Value = serde_json::from_str(&ended.notes).unwrap();
    assert_eq!(json["exitCode"], 2);
    let summary = json["error"]["summary"].as_str().unwrap();
    assert!(
        summary.starts_with("invalid value '0' for '--limit <NUMBER>'"),
        "{summary}"
    );
}

#[tokio::test]
async fn settings_that_are_missing_or_wrong_are_3() {
    let error = Aither::bare().run(&["courses"]).await.failed(3);
    for name in [
        "HEMERA_API_BASE_URL",
        "CLERK_SECRET_KEY",
        "CLERK_ISSUER",
        "CLERK_SERVICE_USER_ID",
    ] {
        assert!(error.contains(name), "{error}");
    }
    let hemera = academy().await;
    for (name, value) in [
        ("HEMERA_API_BASE_URL", "http://secret.example"),
        ("HEMERA_API_KEY", "two words"),
        ("AITHER_AUTH", "basic"),
    ] {
        let error = Aither::at(&hemera)
            .with(name, value)
            .run(&["courses"])
            .await
            .failed(3);
        assert!(error.contains(name) && !error.contains(value), "{error}");
    }
}

#[tokio::test]
async fn no_answer_is_4() {
    let hemera = academy().await;
    let nothing_listens = Aither::at(&hemera).with("HEMERA_API_BASE_URL", "http://127.0.0.1:9");
    let error = nothing_listens
        .run(&["courses", "--timeout", "3s"])
        .await
        .failed(4);
    assert!(error.contains("cannot be reached"), "{error}");
    let wait = Duration::from_secs(90);
    hemera.fail_next(Fault::Unavailable { retry_after: wait });
    let error = Aither::at(&hemera).run(&["courses"]).await.failed(4);
    assert!(error.contains("503") && error.contains("90.0 s"), "{error}");
    hemera.fail_next(Fault::Slow(Duration::from_mins(10)));
    let error = Aither::at(&hemera)
        .run(&["participation", PARTICIPATION, "--timeout", "200ms"])
        .await
        .failed(4);
    assert!(error.contains("deadline"), "{error}");
}

#[tokio::test]
async fn limit_that_is_used_up_is_a_refusal() {
    let hemera = academy().await;
    let retry_after = Duration::from_secs(90);
    hemera.fail_next(Fault::RateLimited { retry_after });
    let ended = Aither::at(&hemera).run(&["courses", "--json"]).await;
    assert_eq!(ended.code, Some(1));
    let json: Value = serde_json::from_str(&ended.notes).unwrap();
    assert_eq!(json["error"]["retryAfterSeconds"], json!(90.0));
}

#[tokio::test]
async fn doctor_ends_as_its_first_fault_says() {
    let hemera = academy().await;
    let healthy = Aither::at(&hemera).run(&["doctor"]).await.succeeded();
    assert!(healthy.output.contains("✓ call"), "{healthy:?}");
    let json = Aither::at(&hemera).json(&["doctor"]).await;
    assert_eq!(json["isHealthy"], true);
    let clerk = Clerk::start().await;
    for (aither, code, name) in [
        (Aither::bare(), 3, "settings"),
        (clerk.aither(), 4, "hemera"),
        (
            clerk
                .aither()
                .with("CLERK_SERVICE_USER_EMAIL", "nobody@example.com"),
            1,
            "service user",
        ),
    ] {
        let ended = aither.run(&["doctor"]).await;
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert!(ended.output.contains(&format!("✗ {name}")), "{ended:?}");
        assert!(ended.output.contains('→'), "{ended:?}");
    }
}
