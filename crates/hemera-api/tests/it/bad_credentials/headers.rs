//! Tokens of the instance's own key whose header is not Clerk's.

use clerk_emulator::ClerkEmulator;
use serde_json::{Value, json};

use super::{Case, forged, template};

pub(super) fn all(clerk: &ClerkEmulator) -> Vec<Case> {
    [algorithms(clerk), fields(clerk), key_ids(clerk), kinds(clerk)]
        .into_iter()
        .flatten()
        .collect()
}

fn algorithms(clerk: &ClerkEmulator) -> Vec<Case> {
    let others = [
        json!("none"),
        json!("None"),
        json!("NONE"),
        json!("nOnE"),
        json!(""),
        json!("rs256"),
        json!("RS256 "),
        json!("RS384"),
        json!("PS256"),
        json!("ES256"),
        json!("EdDSA"),
        json!("HS256"),
        json!("dir"),
        json!(256),
        json!(true),
        json!(["RS256"]),
        Value::Null,
    ];
    others
        .into_iter()
        .map(|alg| {
            let forgery = template().with_header("alg", alg.clone());
            forged(clerk, format!("alg {alg}"), &forgery, "algorithm_not_allowed")
        })
        .collect()
}

fn fields(clerk: &ClerkEmulator) -> Vec<Case> {
    let (keys, base) = (
        format!("{}/.well-known/jwks.json", clerk.issuer()),
        clerk.base_url(),
    );
    let others = [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("jku", json!(keys)),
        ("jku", json!(format!("{base}/v1/jwks"))),
        ("jwk", json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" })),
        ("x5u", json!(keys)),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("abc")),
        ("x5t#S256", json!("abc")),
        ("enc", json!("A256GCM")),
        ("cty", json!("JWT")),
        ("KID", json!("ins_1")),
    ];
    others
        .into_iter()
        .map(|(name, value)| {
            let forgery = template().with_header(name, value.clone());
            forged(
                clerk,
                format!("header {name} {value}"),
                &forgery,
                "header_not_allowed",
            )
        })
        .collect()
}

fn key_ids(clerk: &ClerkEmulator) -> Vec<Case> {
    let malformed = [
        json!(7),
        json!(""),
        json!("../../etc/passwd"),
        json!("ins_1' OR 1=1 --"),
        json!("$(id)"),
        json!("ins_1\r\nX: y"),
        json!("ins_1\u{0}"),
        json!("k".repeat(129)),
        json!(clerk.base_url()),
        json!(["ins_1"]),
    ];
    let mut cases: Vec<Case> = malformed
        .into_iter()
        .map(|kid| {
            let forgery = template().with_header("kid", kid.clone());
            forged(clerk, format!("kid {kid}"), &forgery, "key_id_malformed")
        })
        .collect();
    let missing = template().without_header("kid");
    cases.push(forged(clerk, "kid missing", &missing, "key_id_missing"));
    let unknown = template().with_header("kid", "ins_unknown");
    cases.push(forged(clerk, "kid unknown", &unknown, "unknown_key"));
    let long = template().with_header("kid", "k".repeat(12 * 1024));
    cases.push(forged(clerk, "kid of 12 KiB", &long, "too_large"));
    cases
}

fn kinds(clerk: &ClerkEmulator) -> Vec<Case> {
    let others = [
        ("typ", json!("JWS"), "wrong_type"),
        ("typ", json!("at+jwt"), "wrong_type"),
        ("typ", json!("jwt"), "wrong_type"),
        ("typ", json!(1), "wrong_type"),
        ("cat", json!("cl_B7d4PD444AAA"), "unknown_category"),
        ("cat", json!(1), "unknown_category"),
        ("cat", json!("cl_B7d4PD111AAA"), "category_mismatch"),
        ("cat", json!("cl_B7d4PD333AAA"), "category_mismatch"),
    ];
    others
        .into_iter()
        .map(|(name, value, reason)| {
            let forgery = template().with_header(name, value.clone());
            forged(clerk, format!("{name} {value}"), &forgery, reason)
        })
        .collect()
}
