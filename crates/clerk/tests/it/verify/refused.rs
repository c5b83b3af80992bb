//! Every case of the corpus, and the order in which faults are found.

use std::collections::BTreeSet;

use serde_json::json;

use super::corpus::{Case, all};
use super::{policy, verifier};
use crate::support::keys::OTHER_KEY;
use crate::support::token::{NOW, message, session_claims, session_header, signed, token, with};
use crate::support::verifier::outcome;

#[tokio::test]
async fn every_bad_token_is_refused_for_its_reason() {
    let verifier = verifier(policy());
    let mut wrong = Vec::new();
    for Case {
        name,
        token,
        reason: expected,
    } in all()
    {
        let found = outcome(&verifier, &token).await;
        if found != expected {
            wrong.push(format!("{name}: {found} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_corpus_is_large_and_its_names_are_unique() {
    let names: BTreeSet<String> = all().into_iter().map(|case| case.name).collect();
    assert_eq!(names.len(), all().len());
    assert!(names.len() >= 120, "{}", names.len());
}

#[tokio::test]
async fn claims_are_not_read_before_the_signature_is_good() {
    let claims = with(
        session_claims(),
        &json!({ "exp": NOW - 3600, "iss": "https://evil.example", "sub": 7 }),
    );
    let forged = signed(
        &OTHER_KEY,
        &message(session_header().to_string(), claims.to_string()),
    );
    assert_eq!(outcome(&verifier(policy()), &forged).await, "bad_signature");
}

#[tokio::test]
async fn the_header_is_checked_before_the_signature() {
    let header = with(session_header(), &json!({ "crit": ["exp"] }));
    let forged = signed(
        &OTHER_KEY,
        &message(header.to_string(), session_claims().to_string()),
    );
    assert_eq!(outcome(&verifier(policy()), &forged).await, "header_not_allowed");
}

#[tokio::test]
async fn a_refusal_names_the_failed_check_and_nothing_of_the_token() {
    let claims = with(session_claims(), &json!({ "iss": "https://evil.example" }));
    let error = verifier(policy())
        .verify(&token(&session_header(), &claims))
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "the token was refused (wrong_issuer)");
    assert_eq!(format!("{error:?}"), "Refused(WrongIssuer)");
}
