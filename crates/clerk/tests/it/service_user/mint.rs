//! Minting from one session, which all mints share.

use std::time::Duration;

use clerk::{ErrorKind, TokenKind};
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::{MINT, SIGN_IN, TICKETS, template_user, user};
use crate::support::clerk::{Clerk, TICKET, USER, signed_in};
use crate::support::server::Reply;
use crate::support::token::{now, session_token, template_token};

#[tokio::test]
async fn the_first_mint_exchanges_a_ticket_for_a_session_and_mints_from_it() {
    let clerk = Clerk::start().await;
    let token = template_user(&clerk).mint().await.unwrap();
    assert_eq!(token.jwt.expose_secret(), template_token());
    assert_eq!(token.lifetime, Duration::from_mins(15));
    assert_eq!(token.expires_at, now() + Duration::from_mins(15));
    assert_eq!(clerk.server.lines(), [TICKETS, SIGN_IN, MINT]);
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
    assert_eq!(clerk.server.count(MINT), 5);
    assert_eq!(user.session_id().as_deref(), Some("sess_1"));
}

#[tokio::test]
async fn session_tokens_are_minted_without_a_template() {
    let clerk = Clerk::start().await;
    let user = user(&clerk).with_lifetime(Duration::from_mins(5)).build();
    let token = user.mint().await.unwrap();
    assert_eq!(token.jwt.expose_secret(), session_token());
    let mint = clerk.server.seen().pop().unwrap();
    assert_eq!(mint.line(), "POST /v1/sessions/sess_1/tokens");
    assert_eq!(mint.json(), json!({ "expires_in_seconds": 300 }));
}

#[tokio::test]
async fn a_missing_template_does_not_cause_a_new_sign_in() {
    let clerk = Clerk::start().await;
    let user = user(&clerk)
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
async fn a_refused_key_and_a_failing_clerk_do_not_end_the_session() {
    for reply in [
        Reply::error(401, "clerk_key_invalid"),
        Reply::error(429, "too_many_requests").with_header("retry-after", "7"),
        Reply::error(500, "internal_clerk_error"),
        Reply::text(404, "text/html", "<html>no such page</html>"),
    ] {
        let clerk = Clerk::start().await;
        let user = template_user(&clerk);
        user.mint().await.unwrap();
        clerk.overrides.next(MINT, reply);
        user.mint().await.unwrap_err();
        user.mint().await.unwrap();
        assert_eq!(clerk.server.count(SIGN_IN), 1);
        assert_eq!(clerk.server.count("GET /v1/sessions/sess_1"), 0);
    }
}

#[tokio::test]
async fn a_minted_token_without_times_is_refused() {
    for jwt in [
        "opaque",
        "a.b.c",
        "e30.e30.e30",
        "e30.eyJpYXQiOjUsImV4cCI6NX0.e30",
    ] {
        let clerk = Clerk::start().await;
        clerk.overrides.next(SIGN_IN, signed_in("sess_1"));
        clerk.overrides.next(MINT, Reply::json(&json!({ "jwt": jwt })));
        let error = template_user(&clerk).mint().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unintelligible, "{jwt}");
        assert!(!format!("{error:?}").contains(jwt), "{error:?}");
    }
}
