//! What the policy can change.

use std::time::Duration;

use clerk::{ClassPolicy, TokenClass, TokenPolicy};
use serde_json::json;

use super::{PARTY, policy};
use crate::support::token::{
    ISSUER, NOW, session_claims, session_header, session_token, template_claims, template_header,
    template_token, token, with, without,
};
use crate::support::verifier;

async fn outcome(policy: TokenPolicy, token: &str) -> &'static str {
    verifier::outcome(&super::verifier(policy), token).await
}

#[tokio::test]
async fn a_configured_audience_is_required_of_every_class_without_its_own() {
    let wanted = policy().with_audience(["hemera-api", "hemera-staging"]);
    let aud = |aud: serde_json::Value| {
        token(
            &template_header(),
            &with(template_claims(), &json!({ "aud": aud })),
        )
    };
    assert_eq!(outcome(wanted.clone(), &template_token()).await, "accepted");
    assert_eq!(
        outcome(wanted.clone(), &aud(json!(["other", "hemera-staging"]))).await,
        "accepted"
    );
    assert_eq!(
        outcome(wanted.clone(), &aud(json!(["other"]))).await,
        "wrong_audience"
    );
    assert_eq!(outcome(wanted.clone(), &aud(json!([]))).await, "wrong_audience");
    assert_eq!(
        outcome(wanted.clone(), &aud(json!(["hemera-api", 7]))).await,
        "aud_malformed"
    );
    assert_eq!(outcome(wanted.clone(), &session_token()).await, "aud_missing");
    let open_session = wanted.with_class(
        TokenClass::Session,
        ClassPolicy::default().with_audience(<[&str; 0]>::default()),
    );
    assert_eq!(outcome(open_session.clone(), &session_token()).await, "accepted");
    assert_eq!(
        outcome(open_session, &aud(json!("other"))).await,
        "wrong_audience"
    );
}

#[tokio::test]
async fn without_a_configured_audience_aud_is_ignored() {
    let odd = token(&template_header(), &with(template_claims(), &json!({ "aud": 7 })));
    assert_eq!(outcome(policy(), &odd).await, "accepted");
}

#[tokio::test]
async fn azp_is_required_only_where_the_policy_says_so() {
    let strict = || policy().with_required_azp(true);
    assert_eq!(outcome(policy(), &template_token()).await, "accepted");
    assert_eq!(outcome(strict(), &template_token()).await, "azp_missing");
    let from_browser = token(
        &session_header(),
        &with(session_claims(), &json!({ "azp": PARTY })),
    );
    assert_eq!(outcome(strict(), &from_browser).await, "accepted");
}

#[tokio::test]
async fn without_configured_origins_any_azp_is_accepted() {
    let claims = with(session_claims(), &json!({ "azp": "https://elsewhere.example" }));
    assert_eq!(
        outcome(
            TokenPolicy::for_issuer(ISSUER),
            &token(&session_header(), &claims)
        )
        .await,
        "accepted"
    );
}

#[tokio::test]
async fn each_class_can_be_refused_by_itself() {
    let no_templates = policy().without_class(TokenClass::Template);
    assert_eq!(outcome(no_templates.clone(), &session_token()).await, "accepted");
    assert_eq!(
        outcome(no_templates.clone(), &template_token()).await,
        "class_not_accepted"
    );
    let old = token(&without(template_header(), "cat"), &template_claims());
    assert_eq!(outcome(no_templates, &old).await, "class_not_accepted");
    assert_eq!(
        outcome(policy().without_class(TokenClass::Session), &session_token()).await,
        "class_not_accepted"
    );
}

#[tokio::test]
async fn the_longest_lifetime_and_the_leeway_can_be_set() {
    let short = policy().with_max_lifetime(Duration::from_mins(5));
    assert_eq!(outcome(short.clone(), &session_token()).await, "accepted");
    assert_eq!(
        outcome(short.clone(), &template_token()).await,
        "lifetime_too_long"
    );
    let class = ClassPolicy::default().with_max_lifetime(Duration::from_mins(15));
    assert_eq!(
        outcome(short.with_class(TokenClass::Template, class), &template_token()).await,
        "accepted"
    );

    let late = token(
        &session_header(),
        &with(session_claims(), &json!({ "iat": NOW - 90, "exp": NOW - 30 })),
    );
    assert_eq!(outcome(policy(), &late).await, "expired");
    assert_eq!(
        outcome(policy().with_leeway(Duration::from_secs(31)), &late).await,
        "accepted"
    );
}

#[tokio::test]
async fn an_additional_header_field_can_be_allowed() {
    let header = with(session_header(), &json!({ "new": 1 }));
    let token = token(&header, &session_claims());
    assert_eq!(outcome(policy(), &token).await, "header_not_allowed");
    assert_eq!(
        outcome(policy().with_header_field("new"), &token).await,
        "accepted"
    );
}

#[test]
fn a_trailing_slash_of_the_configured_issuer_is_ignored() {
    assert_eq!(
        TokenPolicy::for_issuer("https://clerk.example.com/"),
        TokenPolicy::for_issuer("https://clerk.example.com")
    );
}

#[tokio::test]
async fn an_optional_audience_may_be_missing_but_not_foreign() {
    let class = ClassPolicy::default()
        .with_audience(["hemera-api"])
        .with_optional_audience();
    let policy = policy().with_class(TokenClass::Session, class);
    assert_eq!(outcome(policy.clone(), &session_token()).await, "accepted");
    for (aud, wanted) in [
        (json!("hemera-api"), "accepted"),
        (json!("other"), "wrong_audience"),
        (json!([]), "wrong_audience"),
        (json!(7), "aud_malformed"),
    ] {
        let claims = with(session_claims(), &json!({ "aud": aud }));
        assert_eq!(
            outcome(policy.clone(), &token(&session_header(), &claims)).await,
            wanted
        );
    }
}
