//! Tokens that must be accepted.

use std::time::Duration;

use clerk::{ClassPolicy, TokenClass};
use serde_json::{Value, json};

use super::{PARTY, policy, verifier, verify};
use crate::support::token::{
    NOW, machine_claims, machine_header, now, session_claims, session_header, session_token, template_claims,
    template_header, template_token, token, with, without,
};
use crate::support::verifier::outcome;

#[tokio::test]
async fn a_verified_session_token_has_its_user_and_session() {
    let verified = verify(policy(), &session_token()).await.unwrap();
    assert_eq!(verified.class, TokenClass::Session);
    assert_eq!(verified.subject, "user_2aBcDeFgHiJkLmNoPqRsTuVwXyZ");
    assert_eq!(
        verified.session_id.as_deref(),
        Some("sess_2aBcDeFgHiJkLmNoPqRsTuVwXyZ")
    );
    assert_eq!(
        (verified.issued_at, verified.expires_at),
        (now(), now() + Duration::from_mins(1))
    );
    assert_eq!(verified.claims["fva"], json!([85, -1]));
}

#[tokio::test]
async fn a_verified_template_token_has_the_claims_of_its_template() {
    let verified = verify(policy().with_audience(["hemera-api"]), &template_token())
        .await
        .unwrap();
    assert_eq!(
        (verified.class, verified.session_id),
        (TokenClass::Template, None)
    );
    assert_eq!(verified.claims["role"], "api-client");
}

#[tokio::test]
async fn a_machine_token_is_accepted_where_its_class_is() {
    let machine = token(&machine_header(), &machine_claims());
    let open = policy()
        .with_class(TokenClass::Machine, ClassPolicy::default())
        .with_required_azp(true);
    let verified = verify(open, &machine).await.unwrap();
    assert_eq!(verified.class, TokenClass::Machine);
    assert!(verified.subject.starts_with("mch_"));
}

async fn assert_accepted(cases: &[(&str, Value, Value)]) {
    let verifier = verifier(policy());
    for (name, header, claims) in cases {
        let token = token(header, claims);
        assert_eq!(outcome(&verifier, &token).await, "accepted", "{name}");
    }
}

#[tokio::test]
async fn older_forms_of_clerk_tokens_are_accepted() {
    let cases = [
        (
            "without category, session",
            without(session_header(), "cat"),
            session_claims(),
        ),
        (
            "without category, template",
            without(template_header(), "cat"),
            template_claims(),
        ),
        (
            "category ignored, session",
            with(session_header(), &json!({ "cat": "cl_I7d4PD111III" })),
            session_claims(),
        ),
        (
            "category ignored, template",
            with(template_header(), &json!({ "cat": "cl_I7d4PD111III" })),
            template_claims(),
        ),
        ("without typ", without(session_header(), "typ"), session_claims()),
        (
            "with oiat",
            with(session_header(), &json!({ "oiat": NOW })),
            session_claims(),
        ),
        (
            "version 1",
            session_header(),
            without(without(session_claims(), "v"), "sts"),
        ),
        (
            "minted in a browser",
            session_header(),
            with(session_claims(), &json!({ "azp": PARTY })),
        ),
    ];
    assert_accepted(&cases).await;
}

#[tokio::test]
async fn null_claims_and_additional_claims_are_accepted() {
    let cases = [
        ("without jti", session_header(), without(session_claims(), "jti")),
        (
            "azp null",
            template_header(),
            with(template_claims(), &json!({ "azp": null })),
        ),
        (
            "act null",
            template_header(),
            with(template_claims(), &json!({ "act": null })),
        ),
        (
            "deep metadata",
            template_header(),
            with(template_claims(), &json!({ "m": [{ "a": { "b": [[[1]]] } }] })),
        ),
    ];
    assert_accepted(&cases).await;
}

#[tokio::test]
async fn five_seconds_of_clock_skew_are_accepted_and_no_more() {
    let verifier = verifier(policy());
    let cases = [
        (json!({ "iat": NOW - 64, "exp": NOW - 4 }), "accepted"),
        (json!({ "iat": NOW - 65, "exp": NOW - 5 }), "expired"),
        (json!({ "nbf": NOW + 5 }), "accepted"),
        (json!({ "nbf": NOW + 6 }), "not_yet_valid"),
        (json!({ "iat": NOW + 5 }), "accepted"),
        (json!({ "iat": NOW + 6 }), "issued_in_the_future"),
    ];
    for (times, expected) in cases {
        let token = token(&session_header(), &with(session_claims(), &times));
        assert_eq!(outcome(&verifier, &token).await, expected, "{times}");
    }
}

#[tokio::test]
async fn a_token_of_8_kib_is_read_and_one_byte_more_is_not() {
    let padded = |length: usize| {
        let claims = with(template_claims(), &json!({ "pad": "x".repeat(length) }));
        token(&template_header(), &claims)
    };
    let tokens: Vec<String> = (5500..6000).map(padded).collect();
    let just =
        |range: std::ops::RangeInclusive<usize>| tokens.iter().find(|token| range.contains(&token.len()));
    let (longest, too_long) = (just(8191..=8192).unwrap(), just(8193..=8194).unwrap());
    let verifier = verifier(policy());
    assert_eq!(outcome(&verifier, longest).await, "accepted");
    assert_eq!(outcome(&verifier, too_long).await, "too_large");
}
