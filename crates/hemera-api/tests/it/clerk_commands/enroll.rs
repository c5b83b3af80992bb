//! `clerk enroll`: a one-time sign-in token for an Aither that holds no secret of Clerk.

use clerk_emulator::{Effect, Fault};
use serde_json::{Value, json};

use super::{EMAIL, Operator, service_user};

const LINE: &str = "CLERK_SERVICE_USER_SIGNIN_TOKEN=";

/// The sign-in token: the value of the last line.
fn ticket_of(out: &str) -> &str {
    let last = out.lines().last().unwrap();
    last.strip_prefix(LINE).unwrap()
}

#[tokio::test]
async fn the_sign_in_token_works_once() {
    let operator = Operator::of_demo().await;
    let ran = operator.run("enroll --yes --expires-in 15m").await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let ticket = ticket_of(&ran.out);
    assert!(!ran.err.contains(ticket), "the token belongs on one stream only");
    let session = operator.redeem(ticket).await.unwrap();
    assert_eq!(operator.sessions().await, [session]);
    let again = operator.redeem(ticket).await.unwrap_err();
    assert_eq!(again.code(), Some("sign_in_token_already_used_code"));
}

#[tokio::test]
async fn what_people_are_told_names_the_end_and_the_way_back() {
    let operator = Operator::of_demo().await;
    let mut ran = operator.run("enroll --yes").await;
    ran.out = ran.out.replace(ticket_of(&ran.out), "(the token)");
    insta::assert_snapshot!("enroll", operator.steady(&ran));
}

#[tokio::test]
async fn one_that_was_withdrawn_or_is_too_old_is_worthless() {
    let operator = Operator::of_demo().await;
    let made = operator.run("enroll --yes --json").await;
    let made: Value = serde_json::from_str(&made.out).unwrap();
    let id = made["id"].as_str().unwrap();
    let ran = operator.run(&format!("enroll --yes --withdraw {id}")).await;
    assert_eq!(
        (ran.code, ran.out),
        (0, format!("{id} can no longer be redeemed\n"))
    );
    let refused = operator
        .redeem(made["signInToken"].as_str().unwrap())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Some("sign_in_token_revoked_code"));

    let made = operator.run("enroll --yes --json --expires-in 1m").await;
    let made: Value = serde_json::from_str(&made.out).unwrap();
    operator.clerk.advance(std::time::Duration::from_mins(2));
    let refused = operator
        .redeem(made["signInToken"].as_str().unwrap())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Some("ticket_expired_code"));
}

#[tokio::test]
async fn none_is_made_that_could_not_be_redeemed() {
    let operator = Operator::of_demo().await;
    operator.clerk.set_banned(EMAIL, true).unwrap();
    insta::assert_snapshot!("enroll_of_a_banned_user", operator.shows("enroll --yes").await);
    assert!(operator.clerk.journal("POST", "/v1/sign_in_tokens").is_empty());
}

#[tokio::test]
async fn its_life_has_bounds() {
    let operator = Operator::of_demo().await;
    for life in ["59s", "31days", "soon"] {
        let ran = operator.run(&format!("enroll --yes --expires-in {life}")).await;
        assert_eq!(ran.code, 2, "{ran:?}");
    }
}

/// The sign-in tokens that are noted at the user.
async fn noted(operator: &Operator) -> Vec<String> {
    let user = operator.user().await;
    let noted = json!(user.private_metadata)["hemera"]["signInTokens"].clone();
    let ids = noted.as_object().map(|noted| noted.keys().cloned().collect());
    ids.unwrap_or_default()
}

/// A shut-out can revoke only what it knows of.
#[tokio::test]
async fn what_was_handed_over_is_noted_until_it_is_withdrawn_or_too_old() {
    let old = json!({ "signInTokens": { "sit_old": "2020-01-01T00:00:00Z" } });
    let operator = Operator::of(service_user(|user| {
        user.private_metadata = [("hemera".to_owned(), old)].into_iter().collect();
    }))
    .await;
    let made = operator.run("enroll --yes --json").await;
    let made: Value = serde_json::from_str(&made.out).unwrap();
    let id = made["id"].as_str().unwrap();
    assert_eq!(noted(&operator).await, [id]);
    operator.run(&format!("enroll --yes --withdraw {id}")).await;
    assert_eq!(noted(&operator).await, [""; 0]);
}

#[tokio::test]
async fn one_that_cannot_be_noted_is_not_handed_over() {
    let operator = Operator::of_demo().await;
    operator
        .clerk
        .add_fault(Fault::new("/v1/users/*/metadata", Effect::Status(503)));
    let ran = operator.run("enroll --yes").await;
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    let revoked = operator.clerk.journal("POST", "/v1/sign_in_tokens/*/revoke");
    assert_eq!(revoked.len(), 1);
}

#[tokio::test]
async fn no_more_are_made_than_can_be_noted() {
    let many: serde_json::Map<String, Value> = (0..32)
        .map(|number| (format!("sit_{number}"), json!("2999-01-01T00:00:00Z")))
        .collect();
    let operator = Operator::of(service_user(|user| {
        let notes = json!({ "signInTokens": many });
        user.private_metadata = [("hemera".to_owned(), notes)].into_iter().collect();
    }))
    .await;
    let ran = operator.run("enroll --yes").await;
    assert!(
        ran.code == 1 && ran.err.contains("clerk enroll --withdraw ID") && ran.err.contains("sit_31"),
        "{ran:?}"
    );
    assert!(operator.clerk.journal("POST", "/v1/sign_in_tokens").is_empty());
}
