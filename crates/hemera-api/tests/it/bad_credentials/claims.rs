//! Tokens that the instance has signed and whose claims are not for us.

use std::time::{Duration, UNIX_EPOCH};

use clerk_emulator::{ClerkEmulator, Forgery};
use serde_json::{Value, json};

use super::{Case, forged, template};
use crate::support::Person;

/// A claim, its value (null removes it), and why it is refused.
type Odd = (&'static str, Value, &'static str);

pub(super) fn all(clerk: &ClerkEmulator) -> Vec<Case> {
    let odd = [
        times(clerk),
        people(),
        issuers(clerk),
        parties(),
        states(),
        id_tokens(),
    ]
    .into_iter()
    .flatten();
    let mut cases: Vec<Case> = odd
        .map(|(name, value, reason)| {
            let forgery = template().with_claim(name, value.clone());
            let shown: String = value.to_string().chars().take(60).collect();
            forged(clerk, format!("{name} {shown}"), &forgery, reason)
        })
        .collect();
    cases.extend(ages(clerk));
    cases
}

fn times(clerk: &ClerkEmulator) -> Vec<Odd> {
    let now = clerk.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    vec![
        ("exp", Value::Null, "exp_missing"),
        ("exp", json!(0), "exp_malformed"),
        ("exp", json!(-1), "exp_malformed"),
        ("exp", json!(1.5), "exp_malformed"),
        ("exp", json!("1790000000"), "exp_malformed"),
        ("exp", json!(true), "exp_malformed"),
        ("exp", json!(1e30), "exp_malformed"),
        ("exp", json!(9_223_372_036_854_775_808_u64), "exp_malformed"),
        ("exp", json!([now]), "exp_malformed"),
        ("exp", json!(now), "no_lifetime"),
        ("exp", json!(now - 3600), "no_lifetime"),
        ("exp", json!(now + 3601), "lifetime_too_long"),
        ("exp", json!(now + 100 * 365 * 86_400), "lifetime_too_long"),
        ("iat", Value::Null, "iat_missing"),
        ("iat", json!("now"), "iat_malformed"),
        ("iat", json!(now - 86_400), "lifetime_too_long"),
        ("iat", json!(now + 6), "issued_in_the_future"),
        ("nbf", Value::Null, "nbf_missing"),
        ("nbf", json!(null), "nbf_missing"),
        ("nbf", json!(now + 6), "not_yet_valid"),
        ("nbf", json!(1.5), "nbf_malformed"),
    ]
    .into_iter()
    // A missing claim is one case, however it is written.
    .filter({
        let mut seen = std::collections::BTreeSet::new();
        move |(name, value, _): &Odd| seen.insert(format!("{name} {value}"))
    })
    .collect()
}

fn people() -> Vec<Odd> {
    vec![
        ("sub", Value::Null, "sub_missing"),
        ("sub", json!(""), "sub_malformed"),
        ("sub", json!(7), "sub_malformed"),
        ("sub", json!("user_"), "wrong_subject"),
        ("sub", json!("org_2qHm"), "wrong_subject"),
        ("sub", json!("USER_2qHm"), "wrong_subject"),
        ("sub", json!("user_a b"), "sub_malformed"),
        ("sub", json!("user_../users"), "sub_malformed"),
        ("sub", json!("user_\u{0}"), "sub_malformed"),
        ("sub", json!("mch_2qHm"), "category_mismatch"),
        ("sub", json!(format!("user_{}", "x".repeat(300))), "sub_malformed"),
        ("sub", json!("x".repeat(10 * 1024)), "too_large"),
        ("sid", json!(7), "sid_malformed"),
        ("sid", json!("sess_2qHm"), "category_mismatch"),
    ]
}

fn issuers(clerk: &ClerkEmulator) -> Vec<Odd> {
    let issuer = clerk.issuer();
    let rest = issuer.strip_prefix("http://").unwrap();
    vec![
        ("iss", Value::Null, "iss_missing"),
        ("iss", json!(7), "iss_malformed"),
        ("iss", json!([issuer]), "iss_malformed"),
        ("iss", json!(""), "wrong_issuer"),
        ("iss", json!("https://clerk.evil.example"), "wrong_issuer"),
        ("iss", json!(format!("{issuer}/")), "wrong_issuer"),
        ("iss", json!(format!("{issuer}0")), "wrong_issuer"),
        ("iss", json!(format!("https://{rest}")), "wrong_issuer"),
        ("iss", json!(format!("HTTP://{rest}")), "wrong_issuer"),
        ("iss", json!(format!("http://user@{rest}")), "wrong_issuer"),
        ("iss", json!(format!("{issuer}.evil.example")), "wrong_issuer"),
        ("iss", json!(format!(" {issuer}")), "wrong_issuer"),
    ]
}

fn parties() -> Vec<Odd> {
    vec![
        ("aud", Value::Null, "aud_missing"),
        ("aud", json!(""), "wrong_audience"),
        ("aud", json!("somebody-else"), "wrong_audience"),
        ("aud", json!("hemera-api-evil"), "wrong_audience"),
        ("aud", json!("HEMERA-API"), "wrong_audience"),
        ("aud", json!([]), "wrong_audience"),
        ("aud", json!(["a", "b"]), "wrong_audience"),
        ("aud", json!(["hemera-api", 7]), "aud_malformed"),
        ("aud", json!(7), "aud_malformed"),
        ("aud", json!({ "hemera-api": true }), "aud_malformed"),
        ("azp", json!("https://evil.example"), "wrong_authorized_party"),
        (
            "azp",
            json!("https://app.hemera-academy.com.evil.example"),
            "wrong_authorized_party",
        ),
        (
            "azp",
            json!("https://evil-app.hemera-academy.com"),
            "wrong_authorized_party",
        ),
        (
            "azp",
            json!("https://app.hemera-academy.com/"),
            "wrong_authorized_party",
        ),
        (
            "azp",
            json!("http://app.hemera-academy.com"),
            "wrong_authorized_party",
        ),
        ("azp", json!(""), "wrong_authorized_party"),
        ("azp", json!(7), "azp_malformed"),
    ]
}

fn states() -> Vec<Odd> {
    vec![
        ("sts", json!("pending"), "session_not_active"),
        ("sts", json!("ACTIVE"), "session_not_active"),
        ("sts", json!(""), "session_not_active"),
        ("sts", json!(1), "sts_malformed"),
        ("act", json!({ "sub": "user_2qHm" }), "impersonated"),
        ("act", json!(""), "impersonated"),
        ("act", json!(false), "impersonated"),
    ]
}

/// Claims of the ID tokens that Clerk signs with the same key where it is a provider of `OpenID` Connect.
fn id_tokens() -> Vec<Odd> {
    vec![
        ("at_hash", json!("LDktKdoQak3Pk0cnXxCltA"), "id_token"),
        ("c_hash", json!("LDktKdoQak3Pk0cnXxCltA"), "id_token"),
        ("nonce", json!("n-0S6_WzA2Mj"), "id_token"),
        ("nonce", json!(""), "id_token"),
        ("auth_time", json!(1_773_133_200), "id_token"),
        ("auth_time", json!(false), "id_token"),
    ]
}

/// The template's tokens live 900 s and clocks may differ by 5 s: the last second at either end is refused.
fn ages(clerk: &ClerkEmulator) -> Vec<Case> {
    let seconds = Duration::from_secs;
    let session = || Forgery::session(Person::Service.email());
    vec![
        forged(
            clerk,
            "expired just now",
            &template().aged(seconds(905)),
            "expired",
        ),
        forged(
            clerk,
            "expired long ago",
            &template().aged(seconds(90_000)),
            "expired",
        ),
        forged(
            clerk,
            "issued a little ahead",
            &template().ahead(seconds(6)),
            "issued_in_the_future",
        ),
        forged(
            clerk,
            "issued far ahead",
            &template().ahead(seconds(3600)),
            "not_yet_valid",
        ),
        forged(
            clerk,
            "session expired just now",
            &session().aged(seconds(65)),
            "expired",
        ),
        forged(
            clerk,
            "session without its id",
            &session().without_claim("sid"),
            "category_mismatch",
        ),
        forged(
            clerk,
            "session pending",
            &session().with_claim("sts", "pending"),
            "session_not_active",
        ),
        forged(
            clerk,
            "session of a machine",
            &session().with_claim("sub", "mch_2qHm"),
            "category_mismatch",
        ),
    ]
}
