//! Callers: accepted, refused and limited, and what becomes of leaked secrets and service keys.

use std::time::Duration;

use clerk_emulator::Forgery;

use super::{COURSES, KEY, ask, courses, served};
use crate::support::Person;

#[tokio::test]
async fn credentials_count_by_what_became_of_them() {
    let server = served(&[]).await;
    let person = |person: Person| Forgery::template(person.email(), "hemera-api");
    let expired = person(Person::Service).aged(Duration::from_hours(1));
    courses(&server, &server.token).await.assert_status(200);
    let session = Forgery::session(Person::Admin.email());
    courses(&server, &server.clerk.forge(&session).unwrap())
        .await
        .assert_status(200);
    // A role that may not is no bad credential.
    courses(&server, &server.clerk.forge(&person(Person::User)).unwrap())
        .await
        .assert_status(403);
    ask(&server, "GET", COURSES, &[]).await.assert_status(401);
    for _ in 0..2 {
        courses(&server, &server.clerk.forge(&expired).unwrap())
            .await
            .assert_status(401);
    }

    let scrape = server.scrape().await;
    for (labels, count) in [
        ("proof=\"template_token\",role=\"api-client\"", 1),
        ("proof=\"session_token\",role=\"admin\"", 1),
        ("proof=\"template_token\",role=\"user\"", 1),
    ] {
        let series = format!("hemera_auth_accepted_total{{{labels}}}");
        assert_eq!(scrape.value(&series), count, "{labels}");
    }
    for (reason, count) in [("no_credential", 1), ("expired", 2), ("bad_signature", 0)] {
        let series = format!("hemera_auth_refusals_total{{reason=\"{reason}\"}}");
        assert_eq!(scrape.value(&series), count, "{reason}");
    }
}

/// Refused tokens and leaked secrets are there with 0 before the first one comes: the first is an increase.
#[tokio::test]
async fn a_clerk_secret_counts_on_its_own_and_is_not_shown() {
    let server = served(&[]).await;
    let series = |way: &str| format!("hemera_clerk_secret_presented_total{{sent_as=\"{way}\"}}");
    let before = server.scrape().await;
    assert_eq!(before.all("hemera_clerk_secret_presented_total").len(), 2);
    let reasons = before.all("hemera_auth_refusals_total");
    assert_eq!(reasons.len(), clerk::Refusal::all().count(), "{reasons:?}");

    let secret = server.clerk.secret_key();
    courses(&server, &secret).await.assert_status(401);
    courses(&server, "ak_4f1c2b").await.assert_status(401);
    ask(&server, "GET", COURSES, &[&format!("x-api-key: {secret}")])
        .await
        .assert_status(401);
    let scrape = server.scrape().await;
    assert_eq!(scrape.value(&series("bearer")), 2);
    assert_eq!(scrape.value(&series("service_key")), 1);
    let event = |name: &str| format!("hemera_security_events_total{{event=\"{name}\"}}");
    assert_eq!(scrape.value(&event("clerk_secret_as_credential")), 3);
    assert_eq!(
        before.all("hemera_security_events_total").len(),
        7,
        "each is there from the start"
    );
    for shown in [&secret, "ak_4f1c2b"] {
        assert!(!scrape.0.text.contains(shown), "{}", scrape.0.text);
    }
}

#[tokio::test]
async fn a_service_key_tells_when_it_was_last_used_and_when_it_ends() {
    let server = served(&[("HEMERA_SERVICE_KEYS__ROLLBACK__EXPIRES", "2026-03-11T00:00:00Z")]).await;
    let uses = "hemera_service_key_uses_total{name=\"rollback\"}";
    let last = "hemera_service_key_last_used_timestamp_seconds";
    let unused = server.scrape().await;
    assert_eq!(unused.value(uses), 0);
    assert!(unused.all(last).is_empty(), "it was never used");
    let expiry = "hemera_service_key_expiry_timestamp_seconds{name=\"rollback\"}";
    assert_eq!(unused.value(expiry), 1_773_187_200);

    ask(&server, "GET", COURSES, &[KEY]).await.assert_status(200);
    server.advance(Duration::from_hours(2));
    ask(&server, "GET", COURSES, &[KEY]).await.assert_status(200);
    server.advance(Duration::from_hours(1));
    let scrape = server.scrape().await;
    assert_eq!(scrape.value(uses), 2);
    // The tests begin at 9:00; it was used at 11:00.
    assert_eq!(
        scrape.value(&format!("{last}{{name=\"rollback\"}}")),
        1_773_140_400
    );

    // Whoever is refused has not used it.
    server.advance(Duration::from_hours(24));
    ask(&server, "GET", COURSES, &[KEY]).await.assert_status(401);
    assert_eq!(server.scrape().await.value(uses), 2);
}

#[tokio::test]
async fn decisions_of_the_limiter_count_by_whom_they_are_about() {
    let server = served(&[
        ("HEMERA_LIMITS__API_CLIENT_BURST", "1"),
        ("HEMERA_LIMITS__FAILED_AUTH_BURST", "1"),
    ])
    .await;
    courses(&server, &server.token).await.assert_status(200);
    courses(&server, &server.token).await.assert_status(429);
    courses(&server, "not.a.token").await.assert_status(401);
    courses(&server, "not.a.token").await.assert_status(429);
    courses(&server, "not.a.token").await.assert_status(429);
    let scrape = server.scrape().await;
    for (limit, decision, count) in [
        ("api-client", "admitted", 1),
        ("api-client", "limited", 1),
        ("failed_authentication", "admitted", 1),
        ("failed_authentication", "limited", 2),
    ] {
        let series =
            format!("hemera_rate_limit_decisions_total{{limit=\"{limit}\",decision=\"{decision}\"}}");
        assert_eq!(scrape.value(&series), count, "{series}");
    }
    // The reason counts also where the address was told to wait.
    let series = "hemera_auth_refusals_total{reason=\"bad_encoding\"}";
    assert_eq!(scrape.value(series), 3, "{}", scrape.0.text);
}
