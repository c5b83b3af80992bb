//! A session that Clerk has ended is replaced, once.

use std::sync::Arc;
use std::time::Duration;

use clerk::{ErrorKind, ServiceUser};
use freshness::ManualClock;
use serde_json::json;

use super::{MINT, SIGN_IN, mint_concurrently, template_user, user};
use crate::support::clerk::{Clerk, USER, session};
use crate::support::server::Reply;
use crate::support::token::now;

#[tokio::test]
async fn an_ended_session_is_replaced_once() {
    let cases = [
        (
            "forgotten",
            Reply::error(404, "resource_not_found"),
            Reply::error(404, "resource_not_found"),
        ),
        (
            "revoked",
            Reply::error(404, "resource_not_found"),
            session("sess_1", "revoked"),
        ),
        (
            "ended",
            Reply::error(401, "authentication_invalid"),
            session("sess_1", "ended"),
        ),
        (
            "expired",
            Reply::error(401, "signed_out"),
            session("sess_1", "expired"),
        ),
        (
            "refused by another code",
            Reply::error(422, "invalid_action_for_session"),
            session("sess_1", "abandoned"),
        ),
    ];
    for (name, refusal, found) in cases {
        let clerk = Clerk::start().await;
        let user = template_user(&clerk);
        user.mint().await.unwrap();
        clerk.overrides.next(MINT, refusal);
        clerk.overrides.next("GET /v1/sessions/sess_1", found);
        user.mint()
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(user.session_id().as_deref(), Some("sess_2"), "{name}");
        assert_eq!(clerk.server.count(SIGN_IN), 2, "{name}");
    }
}

#[tokio::test]
async fn a_session_lost_twice_in_one_mint_is_an_error_and_no_loop() {
    let clerk = Clerk::start().await;
    let user = template_user(&clerk);
    for session in ["sess_1", "sess_2"] {
        clerk.overrides.next(
            &format!("POST /v1/sessions/{session}/tokens/hemera-api"),
            Reply::error(401, "signed_out"),
        );
        clerk.overrides.next(
            &format!("GET /v1/sessions/{session}"),
            Reply::error(404, "resource_not_found"),
        );
    }
    let error = user.mint().await.unwrap_err();
    assert_eq!(error.code(), Some("signed_out"));
    assert_eq!(clerk.server.count(SIGN_IN), 2);
}

/// A user that has lost two sessions within seconds.
pub(crate) async fn with_two_lost_sessions(clerk: &Clerk, clock: &ManualClock) -> ServiceUser {
    let user = user(clerk).with_clock(Arc::new(clock.clone())).build();
    user.mint().await.unwrap();
    for id in ["sess_1", "sess_2"] {
        let mint = format!("POST /v1/sessions/{id}/tokens");
        clerk.overrides.next(&mint, Reply::error(401, "signed_out"));
        clerk
            .overrides
            .next(&format!("GET /v1/sessions/{id}"), session(id, "revoked"));
        if id == "sess_1" {
            user.mint().await.unwrap();
        }
    }
    user
}

fn found(flags: &serde_json::Value) -> Reply {
    let mut user = json!({ "object": "user", "id": USER });
    user.as_object_mut()
        .unwrap()
        .extend(flags.as_object().unwrap().clone());
    Reply::json(&user)
}

#[tokio::test]
async fn a_second_loss_within_seconds_is_too_soon_for_a_sign_in() {
    let clerk = Clerk::start().await;
    let clock = ManualClock::at(now());
    let user = with_two_lost_sessions(&clerk, &clock).await;
    clerk
        .overrides
        .next(&format!("GET /v1/users/{USER}"), found(&json!({})));
    let error = user.mint().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooSoon);
    assert!(error.is_transient());
    assert!(
        error.retry_after().unwrap() >= Duration::from_secs(5),
        "{error:?}"
    );
    assert_eq!(clerk.server.count(SIGN_IN), 2);
    clock.advance(error.retry_after().unwrap());
    user.mint().await.unwrap();
    assert_eq!(clerk.server.count(SIGN_IN), 3);
}

#[tokio::test]
async fn a_banned_or_locked_user_is_refused_during_the_cool_down_too() {
    for (flags, code) in [
        (json!({ "banned": true }), "user_banned"),
        (json!({ "locked": true }), "user_locked"),
    ] {
        let clerk = Clerk::start().await;
        let user = with_two_lost_sessions(&clerk, &ManualClock::at(now())).await;
        clerk
            .overrides
            .next(&format!("GET /v1/users/{USER}"), found(&flags));
        let error = user.mint().await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Forbidden, Some(code)));
        assert!(!error.is_transient());
        assert_eq!(clerk.server.count(SIGN_IN), 2);
    }
}

#[tokio::test]
async fn concurrent_callers_that_lose_the_session_sign_in_once() {
    let clerk = Clerk::start().await;
    let user = template_user(&clerk);
    user.mint().await.unwrap();
    for _ in 0..20 {
        clerk
            .overrides
            .next(MINT, Reply::error(404, "resource_not_found"));
        clerk
            .overrides
            .next("GET /v1/sessions/sess_1", session("sess_1", "revoked"));
    }
    mint_concurrently(&user, 20).await;
    assert_eq!(clerk.server.count(SIGN_IN), 2);
}
