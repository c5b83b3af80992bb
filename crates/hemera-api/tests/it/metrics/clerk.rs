//! What is known of Clerk, how old it is, and how often Clerk was asked.

use std::time::Duration;

use clerk_emulator::{Effect, Fault, Forgery};

use super::{courses, served};
use crate::support::{Person, Scrape};

fn uses(scrape: &Scrape) -> [u64; 3] {
    ["fresh", "stale", "unavailable"]
        .map(|freshness| scrape.value(&format!("hemera_role_uses_total{{freshness=\"{freshness}\"}}")))
}

fn lookups(scrape: &Scrape) -> [u64; 4] {
    ["found", "unknown_user", "key_refused", "failed"]
        .map(|result| scrape.value(&format!("hemera_role_lookups_total{{result=\"{result}\"}}")))
}

#[tokio::test]
async fn roles_count_by_how_fresh_they_were_and_what_clerk_answered() {
    let server = served(&[]).await;
    courses(&server, &server.token).await.assert_status(200);
    server.advance(Duration::from_secs(20));
    courses(&server, &server.token).await.assert_status(200);
    let scrape = server.scrape().await;
    assert_eq!((uses(&scrape), lookups(&scrape)), ([2, 0, 0], [1, 0, 0, 0]));

    server
        .clerk
        .add_fault(Fault::new("/v1/users/*", Effect::Status(500)));
    server.advance(Duration::from_secs(100));
    courses(&server, &server.token).await.assert_status(200);
    server.advance(Duration::from_mins(5));
    courses(&server, &server.token).await.assert_status(503);
    let scrape = server.scrape().await;
    assert_eq!((uses(&scrape), lookups(&scrape)), ([2, 1, 1], [1, 0, 0, 2]));
    // 0 s, 20 s and 120 s old when they were used; the last one was not.
    assert_eq!(scrape.value("hemera_role_age_seconds_count"), 3);
    assert_eq!(scrape.value("hemera_role_age_seconds_sum"), 140);

    server.clerk.clear_faults();
    server
        .clerk
        .add_fault(Fault::new("/v1/users/*", Effect::Status(401)));
    server.advance(Duration::from_secs(30));
    courses(&server, &server.token).await.assert_status(503);
    assert_eq!(lookups(&server.scrape().await)[2], 1);
}

#[tokio::test]
async fn users_whom_clerk_does_not_know_count_on_their_own() {
    let server = served(&[]).await;
    let token = server
        .clerk
        .forge(&Forgery::template(Person::Admin.email(), "hemera-api"))
        .unwrap();
    server.clerk.delete_user(Person::Admin.email()).unwrap();
    courses(&server, &token).await.assert_status(401);
    let scrape = server.scrape().await;
    assert_eq!(lookups(&scrape), [0, 1, 0, 0]);
    assert_eq!(uses(&scrape), [0, 0, 0], "there was no role to use");
}

#[tokio::test]
async fn the_key_set_tells_its_age_and_its_fetches() {
    let server = served(&[]).await;
    courses(&server, &server.token).await.assert_status(200);
    server.advance(Duration::from_secs(100));
    let fetches = |scrape: &Scrape| {
        ["fetched", "failed"]
            .map(|result| scrape.value(&format!("hemera_key_set_fetches_total{{result=\"{result}\"}}")))
    };
    let scrape = server.scrape().await;
    assert_eq!(fetches(&scrape), [1, 0]);
    assert_eq!(scrape.value("hemera_key_set_age_seconds"), 100);

    // While Clerk is down the age goes on growing.
    server
        .clerk
        .add_fault(Fault::new("/v1/jwks", Effect::Status(500)));
    server.advance(Duration::from_mins(5));
    courses(&server, &server.token).await.assert_status(200);
    let scrape = server.scrape().await;
    assert_eq!(fetches(&scrape), [1, 1]);
    assert_eq!(scrape.value("hemera_key_set_age_seconds"), 400);
}

#[tokio::test]
async fn a_secret_key_that_is_refused_from_the_start_is_a_reason_of_its_own() {
    let server = served(&[("CLERK_SECRET_KEY", "sk_live_of_another_instance")]).await;
    courses(&server, &server.token).await.assert_status(503);
    let failures = server.scrape().await.all("hemera_http_failures_total");
    let ours = "hemera_http_failures_total{reason=\"clerk_refuses_our_key\"}".to_owned();
    assert_eq!(
        failures
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .collect::<Vec<_>>(),
        [(ours, 1)]
    );
}
