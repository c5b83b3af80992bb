//! Signing in at the emulated Clerk: how often, in which way, and what follows an ended session.

use std::time::Duration;

use aither_client::{HemeraClient, TokenCache};
use clerk_emulator::{Environment, Options, SessionStatus};
use tokio::task::JoinSet;

use crate::support::{Clerk, SERVICE_USER};

const TICKETS: &str = "/v1/sign_in_tokens";
const SIGN_INS: &str = "/v1/client/sign_ins";
const MINTS: &str = "/v1/sessions/*/tokens/hemera-api";
const ORIGIN: (&str, &str) = ("CLERK_SIGN_IN_ORIGIN", "https://app.hemera-academy.com");

async fn token(client: &HemeraClient) {
    client.tokens().token().await.unwrap();
}

/// The requests to Clerk so far: tickets, sign-ins, mints.
fn requests(clerk: &Clerk) -> [usize; 3] {
    [TICKETS, SIGN_INS, MINTS].map(|path| clerk.count("POST", path))
}

async fn all_at_once(tokens: &TokenCache, callers: usize) {
    let mut waiting = JoinSet::new();
    for _ in 0..callers {
        let tokens = tokens.clone();
        waiting.spawn(async move { tokens.token().await.unwrap() });
    }
    assert_eq!(waiting.join_all().await.len(), callers);
}

#[tokio::test]
async fn thousand_callers_cost_one_sign_in_and_five_mints_an_hour() {
    let clerk = Clerk::start().await;
    let client = clerk.client(&[]);
    for _ in 0..60 {
        all_at_once(client.tokens(), 1_000).await;
        clerk.advance(Duration::from_mins(1));
    }
    assert_eq!(requests(&clerk), [1, 1, 5]);
}

#[tokio::test]
async fn ten_thousand_concurrent_first_callers_cost_one_mint() {
    let clerk = Clerk::start().await;
    let client = clerk.client(&[]);
    all_at_once(client.tokens(), 10_000).await;
    assert_eq!(requests(&clerk), [1, 1, 1]);
}

#[tokio::test]
async fn ended_session_is_replaced_once_for_every_cause() {
    for status in [
        SessionStatus::Revoked,
        SessionStatus::Ended,
        SessionStatus::Expired,
        SessionStatus::Removed,
        SessionStatus::Abandoned,
        SessionStatus::Replaced,
    ] {
        let clerk = Clerk::start().await;
        let client = clerk.client(&[]);
        token(&client).await;
        clerk.end_sessions_of(SERVICE_USER, status).unwrap();
        clerk.advance(Duration::from_mins(15));
        all_at_once(client.tokens(), 100).await;
        assert_eq!(requests(&clerk), [2, 2, 3], "{status:?}");
    }
}

/// The revocation has used up the one sign-in that is made without waiting.
#[tokio::test]
async fn ban_right_after_a_revocation_is_reported_immediately() {
    let clerk = Clerk::start().await;
    let client = clerk.client(&[]);
    token(&client).await;
    clerk
        .end_sessions_of(SERVICE_USER, SessionStatus::Revoked)
        .unwrap();
    clerk.advance(Duration::from_mins(15));
    token(&client).await;
    clerk.set_banned(SERVICE_USER, true).unwrap();
    clerk.advance(Duration::from_secs(1));
    // As after the 401 that Hemera gives to the token of a banned user.
    client
        .tokens()
        .invalidate(client.tokens().peek().unwrap().generation);
    let error = client.tokens().token().await.unwrap_err();
    let cause = error.failure().expect("the user's ban, and no cool-down");
    assert!(!cause.is_transient(), "{cause}");
    assert!(cause.to_string().contains("user_banned"), "{cause}");
}

/// The service user from the settings uses the client's clock, not the system's.
#[tokio::test]
async fn failed_sign_in_is_repeated_by_the_clients_clock() {
    let clerk = Clerk::start().await;
    let client = clerk.client(&[]);
    clerk.set_banned(SERVICE_USER, true).unwrap();
    client.tokens().token().await.unwrap_err();
    clerk.set_banned(SERVICE_USER, false).unwrap();
    clerk.advance(Duration::from_secs(10));
    token(&client).await;
}

#[tokio::test]
async fn session_past_its_maximum_lifetime_is_replaced() {
    let clerk = Clerk::start().await;
    let client = clerk.client(&[]);
    token(&client).await;
    clerk.advance(Duration::from_hours(7 * 24));
    token(&client).await;
    assert_eq!(requests(&clerk), [2, 2, 3]);
}

#[tokio::test]
async fn without_native_api_the_origin_is_used() {
    let clerk = Clerk::start().await;
    clerk.change_settings(|settings| settings.native_api = false);
    token(&clerk.client(&[ORIGIN])).await;
    assert_eq!(requests(&clerk), [1, 2, 1]);
}

#[tokio::test]
async fn on_a_development_instance_a_dev_browser_is_created() {
    let clerk = Clerk::start_with(Options::new()).await;
    assert_eq!(clerk.settings().environment, Environment::Development);
    clerk.change_settings(|settings| settings.native_api = false);
    token(&clerk.client(&[ORIGIN])).await;
    assert_eq!(clerk.count("POST", "/v1/dev_browser"), 1);
    assert_eq!(requests(&clerk), [1, 3, 1]);
}

#[tokio::test]
async fn session_tokens_are_minted_on_request_and_last_a_minute() {
    let clerk = Clerk::start().await;
    let client = clerk.client(&[("AITHER_TOKEN", "session")]);
    token(&client).await;
    assert_eq!(clerk.count("POST", "/v1/sessions/*/tokens"), 1);
    let held = client.tokens().peek().unwrap();
    assert_eq!(held.lifetime, Some(Duration::from_mins(1)));
    clerk.advance(Duration::from_mins(1));
    token(&client).await;
    assert_eq!(clerk.count("POST", "/v1/sessions/*/tokens"), 2);
    assert_eq!(requests(&clerk), [1, 1, 0]);
}
