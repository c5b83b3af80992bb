//! Claims that are not those of a caller of ours, under a good signature.

use serde_json::{Value, json};

use super::{Case, case};
use crate::support::token::{
    ISSUER, NOW, machine_claims, machine_header, session_claims, session_header, template_claims,
    template_header, token, with, without,
};

pub(super) fn all() -> Vec<Case> {
    [
        times(),
        moments(),
        issuers(),
        subjects(),
        parties(),
        classes(),
        sessions(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A good session token but for these claims.
fn changed(claims: &Value) -> String {
    token(&session_header(), &with(session_claims(), claims))
}

/// A good session token without this claim.
fn lacking(claim: &str) -> String {
    token(&session_header(), &without(session_claims(), claim))
}

fn times() -> Vec<Case> {
    let mut cases = Vec::new();
    let odd = [
        ("0", json!(0)),
        ("negative", json!(-1)),
        ("a float", json!(1_790_000_060.0)),
        ("text", json!("1790000060")),
        ("bool", json!(true)),
        ("1e30", json!(1e30)),
        ("2^63", json!(1_u64 << 63)),
        ("a list", json!([NOW])),
        ("the year 10000", json!(253_402_300_800_u64)),
    ];
    for (claim, missing, malformed) in [
        ("exp", "exp_missing", "exp_malformed"),
        ("nbf", "nbf_missing", "nbf_malformed"),
        ("iat", "iat_missing", "iat_malformed"),
    ] {
        cases.push(case(format!("{claim} missing"), lacking(claim), missing));
        cases.push(case(
            format!("{claim} null"),
            changed(&json!({ claim: null })),
            missing,
        ));
        for (name, value) in &odd {
            cases.push(case(
                format!("{claim} {name}"),
                changed(&json!({ claim: value })),
                malformed,
            ));
        }
    }
    cases
}

fn moments() -> Vec<Case> {
    vec![
        case(
            "expired",
            changed(&json!({ "iat": NOW - 3600, "exp": NOW - 3540 })),
            "expired",
        ),
        case("nbf ahead", changed(&json!({ "nbf": NOW + 30 })), "not_yet_valid"),
        case(
            "iat a year ahead",
            changed(&json!({ "iat": NOW + 31_536_000, "exp": NOW + 31_536_060 })),
            "issued_in_the_future",
        ),
        case(
            "exp in a hundred years",
            changed(&json!({ "exp": NOW + 3_153_600_000_u64 })),
            "lifetime_too_long",
        ),
        case(
            "lives a second over an hour",
            changed(&json!({ "exp": NOW + 3601 })),
            "lifetime_too_long",
        ),
        case(
            "exp at iat",
            changed(&json!({ "iat": NOW + 4, "exp": NOW + 4 })),
            "no_lifetime",
        ),
        case(
            "exp before iat",
            changed(&json!({ "iat": NOW + 4, "exp": NOW + 3 })),
            "no_lifetime",
        ),
    ]
}

fn issuers() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, iss) in [
        (
            "of another instance",
            "https://clerk.elsewhere.example".to_owned(),
        ),
        ("with a slash", format!("{ISSUER}/")),
        ("in upper case", "https://CLERK.hemera-academy.com".to_owned()),
        ("over http", "http://clerk.hemera-academy.com".to_owned()),
        ("with a port", format!("{ISSUER}:443")),
        ("with user info", "https://a@clerk.hemera-academy.com".to_owned()),
        ("with a suffix", format!("{ISSUER}.evil.example")),
        ("empty", String::new()),
    ] {
        cases.push(case(
            format!("iss {name}"),
            changed(&json!({ "iss": iss })),
            "wrong_issuer",
        ));
    }
    for (name, iss) in [("a number", json!(1)), ("a list", json!([ISSUER]))] {
        cases.push(case(
            format!("iss {name}"),
            changed(&json!({ "iss": iss })),
            "iss_malformed",
        ));
    }
    cases
}

fn subjects() -> Vec<Case> {
    vec![
        case("iss missing", lacking("iss"), "iss_missing"),
        case("sub missing", lacking("sub"), "sub_missing"),
        case("sub null", changed(&json!({ "sub": null })), "sub_missing"),
        case("sub a number", changed(&json!({ "sub": 7 })), "sub_malformed"),
        case("sub empty", changed(&json!({ "sub": "" })), "sub_malformed"),
        case(
            "sub with a blank",
            changed(&json!({ "sub": "user_a b" })),
            "sub_malformed",
        ),
        case(
            "sub of 256 characters",
            changed(&json!({ "sub": format!("user_{}", "x".repeat(251)) })),
            "sub_malformed",
        ),
        case(
            "sub a prefix only",
            changed(&json!({ "sub": "user_" })),
            "wrong_subject",
        ),
        case(
            "sub an organization",
            changed(&json!({ "sub": "org_2aBc" })),
            "wrong_subject",
        ),
        case(
            "sub without prefix",
            changed(&json!({ "sub": "admin" })),
            "wrong_subject",
        ),
    ]
}

fn parties() -> Vec<Case> {
    vec![
        case(
            "azp another",
            changed(&json!({ "azp": "https://evil.example" })),
            "wrong_authorized_party",
        ),
        case(
            "azp with a suffix",
            changed(&json!({ "azp": "https://app.hemera-academy.com.evil.example" })),
            "wrong_authorized_party",
        ),
        case(
            "azp with a slash",
            changed(&json!({ "azp": "https://app.hemera-academy.com/" })),
            "wrong_authorized_party",
        ),
        case(
            "azp over http",
            changed(&json!({ "azp": "http://app.hemera-academy.com" })),
            "wrong_authorized_party",
        ),
        case(
            "azp empty",
            changed(&json!({ "azp": "" })),
            "wrong_authorized_party",
        ),
        case(
            "azp a list",
            changed(&json!({ "azp": ["https://app.hemera-academy.com"] })),
            "azp_malformed",
        ),
    ]
}

fn classes() -> Vec<Case> {
    vec![
        case(
            "template as session",
            token(&session_header(), &template_claims()),
            "category_mismatch",
        ),
        case(
            "session as template",
            token(&template_header(), &session_claims()),
            "category_mismatch",
        ),
        case(
            "machine as session",
            token(&session_header(), &machine_claims()),
            "category_mismatch",
        ),
        case(
            "machine as template",
            token(&template_header(), &machine_claims()),
            "category_mismatch",
        ),
        case(
            "user as machine",
            token(&machine_header(), &template_claims()),
            "category_mismatch",
        ),
        case(
            "machine with the category ignored",
            token(
                &with(machine_header(), &json!({ "cat": "cl_I7d4PD111III" })),
                &machine_claims(),
            ),
            "category_mismatch",
        ),
        case(
            "machine",
            token(&machine_header(), &machine_claims()),
            "class_not_accepted",
        ),
        case(
            "machine without category",
            token(&without(machine_header(), "cat"), &machine_claims()),
            "class_not_accepted",
        ),
        case("sid a number", changed(&json!({ "sid": 7 })), "sid_malformed"),
        case("sid empty", changed(&json!({ "sid": "" })), "sid_malformed"),
    ]
}

fn sessions() -> Vec<Case> {
    vec![
        case(
            "sts pending",
            changed(&json!({ "sts": "pending" })),
            "session_not_active",
        ),
        case(
            "sts unknown",
            changed(&json!({ "sts": "limbo" })),
            "session_not_active",
        ),
        case("sts a bool", changed(&json!({ "sts": true })), "sts_malformed"),
        case(
            "act",
            changed(&json!({ "act": { "sub": "user_admin" } })),
            "impersonated",
        ),
        case("act empty", changed(&json!({ "act": {} })), "impersonated"),
    ]
}
