//! `clerk enroll`: a one-time sign-in token for an Aither that holds no secret of Clerk.

use serde_json::Value;

use super::{EMAIL, Operator};

const LINE: &str = "CLERK_SERVICE_USER_SIGNIN_TOKEN=";

#[tokio::test]
async fn the_sign_in_token_works_once() {
    let operator = Operator::of_demo().await;
    let ran = operator.run("enroll --yes --expires-in 15m").await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let ticket = ran
        .out
        .strip_prefix(LINE)
        .and_then(|rest| rest.strip_suffix('\n'))
        .unwrap();
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
    ran.out = "(the token)\n".to_owned();
    let told = operator.steady(&ran);
    let (before, rest) = told.split_once("until ").unwrap();
    let (when, after) = rest.split_once(',').unwrap();
    assert!(when.len() == 20 && when.ends_with('Z'), "{when}");
    insta::assert_snapshot!("enroll", format!("{before}until (a time),{after}"));
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
