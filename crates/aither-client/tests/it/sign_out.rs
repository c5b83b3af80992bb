//! Signing out: what a short run leaves at Clerk, by each source of tokens.

use std::sync::Arc;
use std::time::Duration;

use aither_client::doctor::Doctor;
use aither_client::{
    ClerkServiceUser, MemoryTokenStore, SecretString, SharedTokens, StoreKey, StoreKeys, TokenCache,
};
use clerk::{FrontendApi, ServiceUser};
use clerk_emulator::{Effect, Fault, SessionStatus};
use freshness::Policy;

use crate::support::{Clerk, Reply, SERVICE_USER, Server};

const REVOKE: &str = "/v1/sessions/*/revoke";

#[tokio::test]
async fn session_lives_on_without_signing_out_and_ends_with_it() {
    let clerk = Clerk::start().await;
    let left_behind = clerk.client(&[]);
    left_behind.tokens().warm().await.unwrap();
    drop(left_behind);
    let tidy = clerk.client(&[]);
    tidy.tokens().warm().await.unwrap();
    assert_eq!(clerk.sessions_of_service_user(SessionStatus::Active).await, 2);
    tidy.sign_out().await.unwrap();
    assert_eq!(clerk.sessions_of_service_user(SessionStatus::Active).await, 1);
    assert_eq!(clerk.sessions_of_service_user(SessionStatus::Revoked).await, 1);
    assert!(tidy.tokens().peek().is_none());
}

#[tokio::test]
async fn signing_out_twice_or_without_a_session_sends_nothing_more() {
    let clerk = Clerk::start().await;
    let client = clerk.client(&[]);
    client.sign_out().await.unwrap();
    assert_eq!(clerk.requests(), 0);
    client.tokens().warm().await.unwrap();
    client.sign_out().await.unwrap();
    client.clone().sign_out().await.unwrap();
    assert_eq!(clerk.count("POST", REVOKE), 1);
}

#[tokio::test]
async fn call_after_signing_out_signs_in_again() {
    let clerk = Clerk::start().await;
    let client = clerk.client(&[]);
    client.tokens().warm().await.unwrap();
    client.sign_out().await.unwrap();
    client.tokens().warm().await.unwrap();
    assert_eq!(clerk.count("POST", "/v1/client/sign_ins"), 2);
    assert_eq!(clerk.sessions_of_service_user(SessionStatus::Active).await, 1);
}

#[tokio::test]
async fn session_that_clerk_has_ended_already_is_no_failure() {
    for status in [
        SessionStatus::Revoked,
        SessionStatus::Expired,
        SessionStatus::Removed,
    ] {
        let clerk = Clerk::start().await;
        let client = clerk.client(&[]);
        client.tokens().warm().await.unwrap();
        clerk.end_sessions_of(SERVICE_USER, status).unwrap();
        client
            .sign_out()
            .await
            .unwrap_or_else(|error| panic!("{status:?}: {error}"));
    }
}

#[tokio::test]
async fn failed_sign_out_says_why_and_may_be_repeated() {
    let clerk = Clerk::start().await;
    let client = clerk.client(&[]);
    client.tokens().warm().await.unwrap();
    clerk.add_fault(Fault::new(REVOKE, Effect::Status(503)));
    let error = client.sign_out().await.unwrap_err();
    assert!(error.is_transient() && !error.is_token_unavailable());
    let line = error.to_string();
    for part in [
        "the session of the token source could not be ended; Clerk failed to",
        "503",
        "try again",
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
    clerk.clear_faults();
    client.sign_out().await.unwrap();
    assert_eq!(clerk.sessions_of_service_user(SessionStatus::Active).await, 0);
}

#[tokio::test]
async fn enrolled_session_stays_for_the_next_run() {
    let clerk = Clerk::start().await;
    let directory = tempfile::TempDir::new().unwrap();
    let file = directory.path().join("session.json").display().to_string();
    let ticket = clerk.ticket(SERVICE_USER, Duration::from_mins(5)).unwrap();
    let settings = [
        ("AITHER_AUTH", "enrolled"),
        ("AITHER_SESSION_FILE", &*file),
        ("CLERK_SERVICE_USER_SIGNIN_TOKEN", &*ticket),
    ];
    for _ in 0..2 {
        let client = clerk.client(&settings);
        client.tokens().warm().await.unwrap();
        client.sign_out().await.unwrap();
    }
    assert_eq!(clerk.sessions_of_service_user(SessionStatus::Active).await, 1);
    assert_eq!(clerk.count("POST", "/v1/client/sign_ins"), 1);
}

/// The shared token is valid without the session that it was minted from.
#[tokio::test]
async fn token_that_processes_share_stays_when_one_of_them_signs_out() {
    let clerk = Clerk::start().await;
    let store = Arc::new(MemoryTokenStore::new(Arc::new(clerk.clock.clone())));
    let process = || {
        let frontend = FrontendApi::builder(clerk.base_url().parse().unwrap())
            .build()
            .unwrap();
        let user = ServiceUser::builder(clerk.backend_api(), frontend, SERVICE_USER)
            .with_clock(Arc::new(clerk.clock.clone()))
            .build();
        let key = SecretString::from("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let keys = StoreKeys::new(StoreKey::parse(&key).unwrap());
        let source = Arc::new(ClerkServiceUser::new(user));
        let shared = SharedTokens::new(source, store.clone(), keys, "aither").with_clock(clerk.clock.clone());
        TokenCache::new(Arc::new(shared), Policy::default(), Arc::new(clerk.clock.clone()))
    };
    let (first, second) = (process(), process());
    first.token().await.unwrap();
    first.sign_out().await.unwrap();
    assert_eq!(clerk.sessions_of_service_user(SessionStatus::Active).await, 0);
    second.token().await.unwrap();
    assert_eq!(clerk.count("POST", "/v1/client/sign_ins"), 1);
}

#[tokio::test]
async fn doctor_leaves_no_session_behind() {
    let clerk = Clerk::start().await;
    let hemera = Server::always(Reply::courses()).await;
    let (url, key) = (clerk.base_url(), clerk.secret_key());
    let settings = [
        ("HEMERA_API_BASE_URL", hemera.origin()),
        ("CLERK_API_URL", &url),
        ("CLERK_ISSUER", &url),
        ("CLERK_SECRET_KEY", &key),
        ("CLERK_SERVICE_USER_EMAIL", SERVICE_USER),
    ];
    let doctor = Doctor::load_with(|name| {
        let mut found = settings.iter().filter(|(known, _)| *known == name);
        found.next().map(|(_, value)| (*value).into())
    });
    doctor.examine().await;
    assert_eq!(clerk.sessions_of_service_user(SessionStatus::Active).await, 0);
    assert_eq!(clerk.sessions_of_service_user(SessionStatus::Revoked).await, 1);
}
