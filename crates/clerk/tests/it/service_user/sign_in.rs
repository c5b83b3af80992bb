//! The sign-in: who is signed in, how often, and when it is tried again.

use std::sync::Arc;
use std::time::Duration;

use clerk::{ErrorKind, ServiceUser};
use freshness::ManualClock;
use serde_json::{Value, json};

use super::{REVOKE, SIGN_IN, TICKETS, mint_concurrently, template_user, user};
use crate::support::clerk::{Clerk, SERVICE_ADDRESS, USER, user_of};
use crate::support::server::Reply;
use crate::support::token::now;

#[tokio::test]
async fn a_hundred_concurrent_first_mints_sign_in_once() {
    let clerk = Clerk::start().await;
    let user = template_user(&clerk);
    mint_concurrently(&user, 100).await;
    assert_eq!(clerk.server.count(TICKETS), 1);
    assert_eq!(clerk.server.count(SIGN_IN), 1);
}

#[tokio::test]
async fn an_e_mail_address_is_looked_up() {
    let clerk = Clerk::start().await;
    let user = ServiceUser::builder(clerk.backend(), clerk.frontend(), SERVICE_ADDRESS).build();
    user.mint().await.unwrap();
    let look_up = &clerk.server.seen()[0];
    assert_eq!(look_up.line(), "GET /v1/users");
    assert_eq!(
        look_up.query,
        "email_address=aither-service%40hemera-academy.com&limit=2"
    );
}

#[tokio::test]
async fn an_address_that_names_no_single_user_is_refused_before_a_ticket_is_made() {
    let one = |change: &dyn Fn(&mut Value)| {
        let mut user = user_of(SERVICE_ADDRESS);
        change(&mut user);
        json!([user])
    };
    let further = json!({ "id": "idn_2", "email_address": "b@hemera-academy.com" });
    for (users, kind, code) in [
        (json!([]), ErrorKind::NotFound, "user_not_found"),
        (
            json!([user_of(SERVICE_ADDRESS), user_of(SERVICE_ADDRESS)]),
            ErrorKind::Conflict,
            "user_ambiguous",
        ),
        (
            one(&|user| user["email_addresses"][0]["verification"]["status"] = json!("unverified")),
            ErrorKind::Conflict,
            "address_unverified",
        ),
        (
            one(&|user| user["email_addresses"][0]["verification"] = Value::Null),
            ErrorKind::Conflict,
            "address_unverified",
        ),
        (
            one(&|user| user["primary_email_address_id"] = json!("idn_2")),
            ErrorKind::Conflict,
            "address_not_primary",
        ),
        (
            one(&|user| {
                user["email_addresses"]
                    .as_array_mut()
                    .unwrap()
                    .push(further.clone());
            }),
            ErrorKind::Conflict,
            "address_not_the_only_one",
        ),
    ] {
        let clerk = Clerk::start().await;
        clerk.overrides.next("GET /v1/users", Reply::json(&users));
        let user = ServiceUser::builder(clerk.backend(), clerk.frontend(), SERVICE_ADDRESS).build();
        let error = user.mint().await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (kind, Some(code)));
        assert_eq!(clerk.server.count(TICKETS), 0);
    }
}

#[tokio::test]
async fn a_failed_sign_in_is_remembered_for_a_cool_down_and_then_tried_again() {
    let clerk = Clerk::start().await;
    let clock = ManualClock::at(now());
    let user = user(&clerk).with_clock(Arc::new(clock.clone())).build();
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
    assert_eq!(clerk.server.count(REVOKE), 1);
    assert_eq!(user.session_id(), None);
    user.mint().await.unwrap();
    assert_eq!(user.session_id().as_deref(), Some("sess_2"));
}

/// What Clerk answers to the revocation of an ended session is not documented, so the session is read.
#[tokio::test]
async fn signing_out_of_a_session_that_clerk_has_ended_is_no_failure() {
    let clerk = Clerk::start().await;
    let user = template_user(&clerk);
    user.mint().await.unwrap();
    let ended = json!({ "id": "sess_1", "object": "session", "status": "ended", "user_id": USER });
    clerk
        .overrides
        .next(REVOKE, Reply::error(400, "session_not_active"));
    clerk
        .overrides
        .next("GET /v1/sessions/sess_1", Reply::json(&ended));
    user.sign_out().await.unwrap();
    assert_eq!(user.session_id(), None);
}

#[tokio::test]
async fn failed_sign_out_keeps_the_session_and_may_be_repeated() {
    let clerk = Clerk::start().await;
    let user = template_user(&clerk);
    user.mint().await.unwrap();
    clerk
        .overrides
        .next(REVOKE, Reply::error(503, "internal_clerk_error"));
    assert!(user.sign_out().await.unwrap_err().is_transient());
    assert_eq!(user.session_id().as_deref(), Some("sess_1"));
    user.sign_out().await.unwrap();
    assert_eq!(user.session_id(), None);
}
