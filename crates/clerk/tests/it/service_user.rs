//! Promises of the service user: one sign-in, one session, and a new one only where Clerk has ended the old.

use std::sync::Arc;
use std::time::Duration;

use clerk::{ErrorKind, ServiceUser, TokenKind};
use freshness::ManualClock;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::support::clerk::{Clerk, TICKET, USER, session, signed_in};
use crate::support::server::Reply;
use crate::support::token::{now, session_token, template_token};

const SIGN_IN: &str = "POST /v1/client/sign_ins";
const TICKETS: &str = "POST /v1/sign_in_tokens";

fn template_user(clerk: &Clerk) -> ServiceUser {
    let kind = TokenKind::Template("hemera-api".to_owned());
    ServiceUser::builder(clerk.backend(), clerk.frontend(), USER)
        .with_token(kind)
        .with_clock(Arc::new(ManualClock::at(now())))
        .build()
}

#[tokio::test]
async fn the_first_mint_exchanges_a_ticket_for_a_session_and_mints_from_it() {
    let clerk = Clerk::start().await;
    let token = template_user(&clerk).mint().await.unwrap();
    assert_eq!(token.jwt.expose_secret(), template_token());
    assert_eq!(token.lifetime, Duration::from_mins(15));
    assert_eq!(token.expires_at, now() + Duration::from_mins(15));
    assert_eq!(
        clerk.server.lines(),
        [TICKETS, SIGN_IN, "POST /v1/sessions/sess_1/tokens/hemera-api"]
    );
    let seen = clerk.server.seen();
    assert_eq!(
        seen[0].json(),
        json!({ "user_id": USER, "expires_in_seconds": 60 })
    );
    assert_eq!(seen[1].body, format!("strategy=ticket&ticket={TICKET}"));
}

#[tokio::test]
async fn later_mints_use_the_same_session() {
    let clerk = Clerk::start().await;
    let user = template_user(&clerk);
    for _ in 0..5 {
        user.mint().await.unwrap();
    }
    assert_eq!(clerk.server.count(SIGN_IN), 1);
    assert_eq!(
        clerk.server.count("POST /v1/sessions/sess_1/tokens/hemera-api"),
        5
    );
    assert_eq!(user.session_id().as_deref(), Some("sess_1"));
}

#[tokio::test]
async fn a_hundred_concurrent_first_mints_sign_in_once() {
    let clerk = Clerk::start().await;
    let user = template_user(&clerk);
    let mints: Vec<_> = (0..100)
        .map(|_| {
            tokio::spawn({
                let user = user.clone();
                async move { user.mint().await }
            })
        })
        .collect();
    for mint in mints {
        mint.await.unwrap().unwrap();
    }
    assert_eq!(clerk.server.count(TICKETS), 1);
    assert_eq!(clerk.server.count(SIGN_IN), 1);
}

#[tokio::test]
async fn session_tokens_are_minted_without_a_template() {
    let clerk = Clerk::start().await;
    let user = ServiceUser::builder(clerk.backend(), clerk.frontend(), USER)
        .with_lifetime(Duration::from_mins(5))
        .build();
    let token = user.mint().await.unwrap();
    assert_eq!(token.jwt.expose_secret(), session_token());
    let mint = clerk.server.seen().pop().unwrap();
    assert_eq!(mint.line(), "POST /v1/sessions/sess_1/tokens");
    assert_eq!(mint.json(), json!({ "expires_in_seconds": 300 }));
}

#[tokio::test]
async fn an_e_mail_address_is_looked_up() {
    let clerk = Clerk::start().await;
    let address = "aither-service@hemera-academy.com";
    let user = ServiceUser::builder(clerk.backend(), clerk.frontend(), address).build();
    user.mint().await.unwrap();
    let look_up = &clerk.server.seen()[0];
    assert_eq!(look_up.line(), "GET /v1/users");
    assert_eq!(
        look_up.query,
        "email_address=aither-service%40hemera-academy.com&limit=2"
    );
}

#[tokio::test]
async fn an_address_of_nobody_or_of_several_is_an_error_of_its_own() {
    for (users, kind, code) in [
        (json!([]), ErrorKind::NotFound, "user_not_found"),
        (
            json!([{ "id": "user_1" }, { "id": "user_2" }]),
            ErrorKind::Conflict,
            "user_ambiguous",
        ),
    ] {
        let clerk = Clerk::start().await;
        clerk.overrides.next("GET /v1/users", Reply::json(&users));
        let user = ServiceUser::builder(clerk.backend(), clerk.frontend(), "a@hemera-academy.com").build();
        let error = user.mint().await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (kind, Some(code)));
        assert_eq!(clerk.server.count(TICKETS), 0);
    }
}

#[tokio::test]
async fn an_ended_session_is_replaced_once() {
    let mint = "POST /v1/sessions/sess_1/tokens/hemera-api";
    let look = "GET /v1/sessions/sess_1";
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
            "told by a code of its own",
            Reply::error(422, "invalid_action_for_session"),
            session("sess_1", "abandoned"),
        ),
    ];
    for (name, refusal, found) in cases {
        let clerk = Clerk::start().await;
        let user = template_user(&clerk);
        user.mint().await.unwrap();
        clerk.overrides.next(mint, refusal);
        clerk.overrides.next(look, found);
        user.mint()
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(user.session_id().as_deref(), Some("sess_2"), "{name}");
        assert_eq!(clerk.server.count(SIGN_IN), 2, "{name}");
    }
}

#[tokio::test]
async fn a_session_that_is_lost_again_at_once_is_an_error_and_no_loop() {
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

/// A user whose second session of these seconds is gone, too.
pub(crate) async fn twice_bereft(clerk: &Clerk, clock: &ManualClock) -> ServiceUser {
    let user = ServiceUser::builder(clerk.backend(), clerk.frontend(), USER)
        .with_clock(Arc::new(clock.clone()))
        .build();
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
async fn a_second_loss_within_seconds_waits_its_turn_and_is_not_laid_at_clerks_door() {
    let clerk = Clerk::start().await;
    let clock = ManualClock::at(now());
    let user = twice_bereft(&clerk, &clock).await;
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
async fn a_user_that_may_not_sign_in_is_told_at_once_even_when_it_is_too_early_to_try() {
    for (flags, code) in [
        (json!({ "banned": true }), "user_banned"),
        (json!({ "locked": true }), "user_locked"),
    ] {
        let clerk = Clerk::start().await;
        let user = twice_bereft(&clerk, &ManualClock::at(now())).await;
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
async fn many_callers_that_lose_the_session_together_sign_in_once() {
    let clerk = Clerk::start().await;
    let user = template_user(&clerk);
    user.mint().await.unwrap();
    for _ in 0..20 {
        clerk.overrides.next(
            "POST /v1/sessions/sess_1/tokens/hemera-api",
            Reply::error(404, "resource_not_found"),
        );
        clerk
            .overrides
            .next("GET /v1/sessions/sess_1", session("sess_1", "revoked"));
    }
    let mints: Vec<_> = (0..20)
        .map(|_| {
            tokio::spawn({
                let user = user.clone();
                async move { user.mint().await }
            })
        })
        .collect();
    for mint in mints {
        mint.await.unwrap().unwrap();
    }
    assert_eq!(clerk.server.count(SIGN_IN), 2);
}

#[tokio::test]
async fn a_missing_template_is_told_apart_from_a_lost_session() {
    let clerk = Clerk::start().await;
    let user = ServiceUser::builder(clerk.backend(), clerk.frontend(), USER)
        .with_token(TokenKind::Template("missing".to_owned()))
        .build();
    for _ in 0..3 {
        let error = user.mint().await.unwrap_err();
        assert_eq!(error.code(), Some("template_not_found"));
        assert!(!error.is_transient());
        assert!(
            error.to_string().contains("create it in Clerk's dashboard"),
            "{error}"
        );
    }
    assert_eq!(clerk.server.count(SIGN_IN), 1);
}

#[tokio::test]
async fn a_refused_secret_key_and_a_busy_clerk_do_not_cost_the_session() {
    for reply in [
        Reply::error(401, "clerk_key_invalid"),
        Reply::error(429, "too_many_requests").with_header("retry-after", "7"),
        Reply::error(500, "internal_clerk_error"),
        Reply::text(404, "text/html", "<html>no such page</html>"),
    ] {
        let clerk = Clerk::start().await;
        let user = template_user(&clerk);
        user.mint().await.unwrap();
        clerk
            .overrides
            .next("POST /v1/sessions/sess_1/tokens/hemera-api", reply);
        user.mint().await.unwrap_err();
        user.mint().await.unwrap();
        assert_eq!(clerk.server.count(SIGN_IN), 1);
        assert_eq!(clerk.server.count("GET /v1/sessions/sess_1"), 0);
    }
}

#[tokio::test]
async fn a_failed_sign_in_is_remembered_for_a_cool_down_and_then_tried_again() {
    let clerk = Clerk::start().await;
    let clock = ManualClock::at(now());
    let user = ServiceUser::builder(clerk.backend(), clerk.frontend(), USER)
        .with_clock(Arc::new(clock.clone()))
        .build();
    clerk.overrides.next(SIGN_IN, Reply::error(403, "user_banned"));
    for _ in 0..50 {
        assert_eq!(user.mint().await.unwrap_err().code(), Some("user_banned"));
    }
    assert_eq!(clerk.server.count(SIGN_IN), 1);
    clock.advance(Duration::from_secs(10));
    user.mint().await.unwrap();
    assert_eq!(clerk.server.count(SIGN_IN), 2);
}

#[tokio::test]
async fn a_caller_that_gives_up_does_not_end_the_sign_in_of_the_others() {
    let clerk = Clerk::start().await;
    let user = template_user(&clerk);
    let first = tokio::spawn({
        let user = user.clone();
        async move { user.mint().await }
    });
    while clerk.server.count(TICKETS) == 0 {
        tokio::task::yield_now().await;
    }
    first.abort();
    user.mint().await.unwrap();
    assert_eq!(clerk.server.count(TICKETS), 1);
}

#[tokio::test]
async fn signing_out_revokes_the_session_and_a_later_mint_signs_in_again() {
    let clerk = Clerk::start().await;
    let user = template_user(&clerk);
    user.sign_out().await.unwrap();
    assert!(clerk.server.lines().is_empty());
    user.mint().await.unwrap();
    user.sign_out().await.unwrap();
    assert_eq!(clerk.server.count("POST /v1/sessions/sess_1/revoke"), 1);
    assert_eq!(user.session_id(), None);
    user.mint().await.unwrap();
    assert_eq!(user.session_id().as_deref(), Some("sess_2"));
}

#[tokio::test]
async fn a_token_without_times_is_not_taken() {
    for jwt in [
        "opaque",
        "a.b.c",
        "e30.e30.e30",
        "e30.eyJpYXQiOjUsImV4cCI6NX0.e30",
    ] {
        let clerk = Clerk::start().await;
        clerk.overrides.next(SIGN_IN, signed_in("sess_1"));
        clerk.overrides.next(
            "POST /v1/sessions/sess_1/tokens/hemera-api",
            Reply::json(&json!({ "jwt": jwt })),
        );
        let error = template_user(&clerk).mint().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unintelligible, "{jwt}");
        assert!(!format!("{error:?}").contains(jwt), "{error:?}");
    }
}
