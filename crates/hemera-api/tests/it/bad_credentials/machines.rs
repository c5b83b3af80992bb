//! Tokens of machines, where one machine is let in: of others, for others, of nobody, and damaged.

use std::time::{Duration, UNIX_EPOCH};

use clerk_emulator::{ClerkEmulator, Damage, Forgery, SignWith};
use serde_json::{Value, json};

use super::{Case, forged};
use crate::support::{AITHER, HEMERA, OTHER, Person, machine_token};

pub(super) fn all(clerk: &ClerkEmulator) -> Vec<Case> {
    [
        machines(clerk),
        receivers(clerk),
        times(clerk),
        claims(clerk),
        headers(clerk),
        signatures(clerk),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Signed by the instance, for us, and of a machine that is not let in.
fn machines(clerk: &ClerkEmulator) -> Vec<Case> {
    let odd = [
        ("another machine", json!(OTHER), "unknown_machine"),
        ("our own machine", json!(HEMERA), "unknown_machine"),
        ("with more", json!(format!("{AITHER}0")), "unknown_machine"),
        ("cut", json!(AITHER[..AITHER.len() - 1]), "unknown_machine"),
        ("in lower case", json!(AITHER.to_lowercase()), "unknown_machine"),
        ("the prefix alone", json!("mch_"), "wrong_subject"),
        ("with a blank", json!(format!("{AITHER} ")), "sub_malformed"),
        ("a list", json!([AITHER]), "sub_malformed"),
        ("missing", Value::Null, "sub_missing"),
    ];
    let mut cases: Vec<Case> = odd
        .into_iter()
        .map(|(name, sub, reason)| {
            let forgery = machine_token().with_claim("sub", sub);
            forged(clerk, format!("machine {name}"), &forgery, reason)
        })
        .collect();
    let user = clerk.user_id(Person::Admin.email()).unwrap();
    let posing = machine_token().with_claim("sub", user);
    cases.push(forged(
        clerk,
        "a machine as an administrator",
        &posing,
        "category_mismatch",
    ));
    for (name, forgery) in [
        ("a template token as the machine", super::template()),
        (
            "a session as the machine",
            Forgery::session(Person::Service.email()),
        ),
    ] {
        let posing = forgery.with_claim("sub", AITHER);
        cases.push(forged(clerk, name, &posing, "category_mismatch"));
    }
    // What such a key makes is a token; the key itself is none, and neither is an opaque token.
    cases.push(Case::token(
        "a machine's own key",
        "ak_2qHm4f1c2b",
        "clerk_secret_as_bearer",
    ));
    cases.push(Case::token(
        "an opaque machine token",
        "mt_2qHm4f1c2b",
        "not_compact",
    ));
    cases
}

fn receivers(clerk: &ClerkEmulator) -> Vec<Case> {
    let unsaid = || machine_token().without_claim("scopes");
    let scopes = |value: Value| machine_token().with_claim("scopes", value);
    let unscoped = [
        ("nobody", unsaid()),
        ("null in both", unsaid().with_claim("aud", Value::Null)),
    ];
    let for_others = [
        ("others", scopes(json!(OTHER))),
        ("an empty text", scopes(json!(""))),
        ("us with more", scopes(json!(format!("{HEMERA}0")))),
        ("us in other letters", scopes(json!(HEMERA.to_uppercase()))),
        ("us after a comma", scopes(json!(format!("{OTHER},{HEMERA}")))),
        ("us in a list", scopes(json!([HEMERA]))),
        ("us as a member", scopes(json!({ HEMERA: true }))),
        ("itself", scopes(json!(AITHER))),
        (
            "others in scopes, us in aud",
            scopes(json!(OTHER)).with_claim("aud", HEMERA),
        ),
        ("others in aud", unsaid().with_claim("aud", OTHER)),
        ("an empty list in aud", unsaid().with_claim("aud", json!([]))),
        (
            "the audience of templates",
            unsaid().with_claim("aud", "hemera-api"),
        ),
    ];
    let case =
        |name: &str, forgery: &_, reason| forged(clerk, format!("machine token for {name}"), forgery, reason);
    let unscoped = unscoped.map(|(name, forgery)| case(name, &forgery, "machine_token_unscoped"));
    let for_others = for_others.map(|(name, forgery)| case(name, &forgery, "machine_token_for_others"));
    unscoped.into_iter().chain(for_others).collect()
}

fn times(clerk: &ClerkEmulator) -> Vec<Case> {
    let seconds = Duration::from_secs;
    let now = clerk.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let odd = [
        (
            "expired",
            machine_token().aged(Duration::from_hours(2)),
            "expired",
        ),
        (
            "issued ahead",
            machine_token().ahead(seconds(6)),
            "issued_in_the_future",
        ),
        (
            "for a day",
            machine_token().with_claim("exp", now + 86_400),
            "lifetime_too_long",
        ),
        ("without end", machine_token().without_claim("exp"), "exp_missing"),
        (
            "without beginning",
            machine_token().without_claim("iat"),
            "iat_missing",
        ),
        (
            "not valid yet",
            machine_token().with_claim("nbf", now + 6),
            "not_yet_valid",
        ),
    ];
    odd.map(|(name, forgery, reason)| forged(clerk, format!("machine token {name}"), &forgery, reason))
        .into()
}

fn claims(clerk: &ClerkEmulator) -> Vec<Case> {
    let odd = [
        ("iss", json!("https://clerk.evil.example"), "wrong_issuer"),
        ("iss", Value::Null, "iss_missing"),
        ("act", json!({ "sub": "user_2qHm" }), "impersonated"),
        ("sts", json!("pending"), "session_not_active"),
        ("azp", json!("https://evil.example"), "wrong_authorized_party"),
    ];
    let mut cases: Vec<Case> = odd
        .into_iter()
        .map(|(name, value, reason)| {
            let forgery = machine_token().with_claim(name, value.clone());
            forged(clerk, format!("machine token {name} {value}"), &forgery, reason)
        })
        .collect();
    let twice = format!(r#"{{"sub":"{OTHER}","sub":"{AITHER}"}}"#);
    cases.push(forged(
        clerk,
        "machine token with two subjects",
        &machine_token().with_raw_claims(twice),
        "bad_claims",
    ));
    cases
}

fn headers(clerk: &ClerkEmulator) -> Vec<Case> {
    let odd = [
        ("alg", json!("none"), "algorithm_not_allowed"),
        ("crit", json!(["exp"]), "header_not_allowed"),
        (
            "jku",
            json!(format!("{}/v1/jwks", clerk.base_url())),
            "header_not_allowed",
        ),
        ("kid", Value::Null, "key_id_missing"),
        ("cat", json!("cl_B7d4PD111AAA"), "category_mismatch"),
        ("cat", json!("cl_B7d4PD222AAA"), "category_mismatch"),
        ("cat", json!("cl_I7d4PD111III"), "category_mismatch"),
    ];
    odd.map(|(name, value, reason)| {
        let forgery = machine_token().with_header(name, value.clone());
        forged(
            clerk,
            format!("machine token header {name} {value}"),
            &forgery,
            reason,
        )
    })
    .into()
}

fn signatures(clerk: &ClerkEmulator) -> Vec<Case> {
    let signers = [
        (SignWith::Foreign, "bad_signature"),
        (SignWith::Nothing, "not_compact"),
        (SignWith::HmacPem, "algorithm_not_allowed"),
    ];
    let mut cases: Vec<Case> = signers
        .into_iter()
        .map(|(signer, reason)| {
            let name = format!("machine token by {signer:?}");
            forged(clerk, name, &machine_token().signed_with(signer), reason)
        })
        .collect();
    for damage in [Damage::Flipped, Damage::Truncated] {
        let name = format!("machine token {damage:?}");
        cases.push(forged(
            clerk,
            name,
            &machine_token().damaged(damage),
            "bad_signature",
        ));
    }
    cases
}
