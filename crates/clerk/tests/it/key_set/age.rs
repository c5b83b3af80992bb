//! How long keys are trusted.

use std::sync::Arc;
use std::time::Duration;

use clerk::{FrontendApi, KeySet, KeySetPolicy, KeySource, TokenPolicy, Verifier, VerifyError};
use freshness::ManualClock;
use serde_json::json;

use super::{Stage, unknown};
use crate::support::clerk::SECRET;
use crate::support::keys::{OTHER_KEY, key_set};
use crate::support::server::{Reply, Server};
use crate::support::token::{ISSUER, NOW, now, session_claims, session_header, session_token, token, with};

#[tokio::test]
async fn keys_are_fetched_on_first_use_and_once_for_all_callers() {
    let stage = Stage::start().await;
    assert!(!stage.verifier.keys().is_ready());
    stage.accept_concurrently(200, &session_token()).await;
    assert_eq!(stage.server.lines(), ["GET /v1/jwks"]);
    assert_eq!(
        stage.server.seen()[0].header("authorization"),
        Some(format!("Bearer {SECRET}").as_str())
    );
    assert!(stage.verifier.keys().is_ready());
}

#[tokio::test]
async fn the_issuers_key_set_is_fetched_without_any_credential() {
    let server = Server::always(Reply::json(&key_set())).await;
    let frontend = FrontendApi::builder(server.url.clone()).build().unwrap();
    let clock = Arc::new(ManualClock::at(now()));
    let keys = KeySet::remote(
        KeySource::Issuer(frontend),
        KeySetPolicy::default(),
        clock.clone(),
    );
    keys.warm().await.unwrap();
    Verifier::new(TokenPolicy::for_issuer(ISSUER), keys, clock)
        .verify(&session_token())
        .await
        .unwrap();
    assert_eq!(server.lines(), ["GET /.well-known/jwks.json"]);
    assert_eq!(server.seen()[0].header("authorization"), None);
}

#[tokio::test]
async fn a_withdrawn_key_is_refused_after_five_minutes() {
    let stage = Stage::start().await;
    assert_eq!(stage.verify(&session_token()).await, "accepted");
    stage.publish(&json!([OTHER_KEY.jwk("ins_new")]));
    stage.clock.advance(Duration::from_secs(200));
    assert_eq!(stage.verify(&session_token()).await, "accepted");
    assert_eq!(stage.fetches(), 1);
    stage.clock.advance(Duration::from_secs(100));
    assert_eq!(stage.verify(&session_token()).await, "unknown_key");
    assert_eq!(stage.fetches(), 2);
}

#[tokio::test]
async fn known_keys_serve_for_an_hour_more_while_the_issuer_is_down() {
    let stage = Stage::start().await;
    assert_eq!(stage.verify(&session_token()).await, "accepted");
    stage.answer(Reply::error(500, "internal_clerk_error"));
    stage.clock.advance(Duration::from_mins(64));
    assert_eq!(stage.verify(&long_lived()).await, "accepted");
    assert_eq!(stage.verify(&unknown(1)).await, "unknown_key");
    stage.clock.advance(Duration::from_mins(1));
    assert_eq!(stage.verify(&long_lived()).await, "keys unavailable");
    stage.answer(Reply::json(&key_set()));
    stage.clock.advance(Duration::from_secs(5));
    assert_eq!(stage.verify(&long_lived()).await, "accepted");
}

#[tokio::test]
async fn without_keys_a_token_is_not_refused_and_the_next_fetch_comes_soon() {
    let stage = Stage::with(Reply::error(503, "service_unavailable")).await;
    for _ in 0..50 {
        let VerifyError::KeysUnavailable { retry_in, source } =
            stage.verifier.verify(&session_token()).await.unwrap_err()
        else {
            panic!("refused")
        };
        assert!(retry_in <= Duration::from_secs(3), "{retry_in:?}");
        assert_eq!(source.unwrap().status(), Some(503));
    }
    assert_eq!(stage.fetches(), 1);
    stage.answer(Reply::json(&key_set()));
    stage.clock.advance(Duration::from_secs(3));
    assert_eq!(stage.verify(&session_token()).await, "accepted");
}

#[tokio::test]
async fn a_refused_secret_key_is_the_source_of_missing_keys() {
    let stage = Stage::with(Reply::error(401, "clerk_key_invalid")).await;
    let error = stage.verifier.keys().warm().await.unwrap_err();
    assert_eq!(error.source.unwrap().code(), Some("clerk_key_invalid"));
}

/// Good for as long as the tests take, given the leeway that they set.
fn long_lived() -> String {
    token(
        &session_header(),
        &with(session_claims(), &json!({ "exp": NOW + 3600 })),
    )
}
