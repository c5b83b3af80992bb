//! Texts that are no token, and tokens that are damaged.

use clerk_emulator::{ClerkEmulator, Damage, SignWith};

use super::{Case, forged, template};

pub(super) fn all(clerk: &ClerkEmulator) -> Vec<Case> {
    let good = clerk.forge(&template()).unwrap();
    [
        texts(&good),
        damaged(clerk),
        wrongly_signed(clerk),
        odd_json(clerk),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn texts(good: &str) -> Vec<Case> {
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("{good}")
    };
    let not_compact = [
        ("opaque", "mt_0123456789abcdef".to_owned()),
        ("one part", header.to_owned()),
        ("two parts", format!("{header}.{payload}")),
        ("five parts, as of a JWE", format!("{good}.{payload}.{signature}")),
        ("only dots", "..".to_owned()),
        ("no header", format!(".{payload}.{signature}")),
        ("no claims", format!("{header}..{signature}")),
        ("a dot more", format!("{good}.")),
        (
            "JSON serialization",
            format!("{{\"payload\":\"{payload}\",\"signatures\":[]}}"),
        ),
    ];
    let bad_encoding = [
        ("padded signature", format!("{good}==")),
        (
            "the standard alphabet",
            format!("{header}.{payload}.++//{}", &signature[4..]),
        ),
        ("one character too many", format!("{good}AAA")),
        ("percent-encoded", good.replace('.', "%2E.")),
    ];
    let mut cases: Vec<Case> = not_compact
        .iter()
        .map(|(name, token)| Case::token(*name, token, "not_compact"))
        .collect();
    cases.extend(
        bad_encoding
            .iter()
            .map(|(name, token)| Case::token(*name, token, "bad_encoding")),
    );
    for (name, length) in [("8193 bytes", 8193), ("20 KiB", 20 * 1024)] {
        cases.push(Case::token(name, &"a".repeat(length), "too_large"));
    }
    cases.push(Case::token(
        "claims of another token",
        &mixed(good),
        "bad_signature",
    ));
    cases
}

/// The header and signature of a good token around other claims.
fn mixed(good: &str) -> String {
    let parts: Vec<&str> = good.split('.').collect();
    format!("{}.{}.{}", parts[0], parts[0], parts[2])
}

fn damaged(clerk: &ClerkEmulator) -> Vec<Case> {
    let damages = [
        (Damage::Emptied, "not_compact"),
        (Damage::Removed, "not_compact"),
        (Damage::Truncated, "bad_signature"),
        (Damage::Lengthened, "bad_signature"),
        (Damage::Zeroed, "bad_signature"),
        (Damage::Flipped, "bad_signature"),
    ];
    damages
        .into_iter()
        .map(|(damage, reason)| {
            forged(
                clerk,
                format!("signature {damage:?}"),
                &template().damaged(damage),
                reason,
            )
        })
        .collect()
}

fn wrongly_signed(clerk: &ClerkEmulator) -> Vec<Case> {
    let others = [
        SignWith::Rs384,
        SignWith::Rs512,
        SignWith::Ps256,
        SignWith::Es256,
        SignWith::HmacPem,
        SignWith::HmacDer,
        SignWith::HmacModulus,
        SignWith::HmacJwk,
    ];
    let mut cases = vec![
        forged(
            clerk,
            "another key under our kid",
            &template().signed_with(SignWith::Foreign),
            "bad_signature",
        ),
        forged(
            clerk,
            "alg none without a signature",
            &template().signed_with(SignWith::Nothing),
            "not_compact",
        ),
    ];
    for signer in others {
        let honest = template().signed_with(signer);
        cases.push(forged(
            clerk,
            format!("{signer:?}"),
            &honest,
            "algorithm_not_allowed",
        ));
        let lying = honest.with_header("alg", "RS256");
        cases.push(forged(
            clerk,
            format!("{signer:?} called RS256"),
            &lying,
            "bad_signature",
        ));
    }
    cases
}

fn odd_json(clerk: &ClerkEmulator) -> Vec<Case> {
    let deep = format!(r#"{{"a":{}1{}}}"#, "[".repeat(1000), "]".repeat(1000));
    let claims = [
        ("claims not JSON", "hello"),
        ("claims an array", "[1]"),
        ("claims null", "null"),
        ("claims with something after them", "{}{}"),
        ("claims with a member twice", r#"{"sub":"user_a","sub":"user_b"}"#),
        (
            "claims with a member twice further down",
            r#"{"a":{"b":1,"b":2}}"#,
        ),
        ("claims nested deeply", deep.as_str()),
        ("claims with a number beyond all numbers", r#"{"exp":1e999}"#),
        ("claims with a lone surrogate", r#"{"sub":"\ud800"}"#),
        ("claims with a comment", "{/**/}"),
    ];
    let mut cases: Vec<Case> = claims
        .into_iter()
        .map(|(name, text)| forged(clerk, name, &template().with_raw_claims(text), "bad_claims"))
        .collect();
    let headers = [
        ("header not JSON", "alg: RS256"),
        ("header an array", "[]"),
        (
            "header with a member twice",
            r#"{"alg":"none","alg":"RS256","kid":"ins_1"}"#,
        ),
        ("header nested deeply", deep.as_str()),
    ];
    cases.extend(
        headers
            .into_iter()
            .map(|(name, text)| forged(clerk, name, &template().with_raw_header(text), "bad_header")),
    );
    cases
}
