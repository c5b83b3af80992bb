//! Headers that ask for something else than RS256 with a key of the set.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding};
use serde_json::{Value, json};

use super::{Case, case, message};
use crate::support::keys::{KEY, OTHER_KEY};
use crate::support::token::{
    base64, session_claims, session_header, signed, token, token_of_bytes, with, without,
};

pub(super) fn all() -> Vec<Case> {
    [headers(), fields(), algorithms(), confused_algorithms(), keys()]
        .into_iter()
        .flatten()
        .collect()
}

/// A good session token but for these header fields.
fn changed(fields: &Value) -> String {
    token(&with(session_header(), fields), &session_claims())
}

fn headers() -> Vec<Case> {
    let text = |header: &str| token_of_bytes(header, session_claims().to_string());
    vec![
        case("header not JSON", text("alg: RS256"), "bad_header"),
        case("header an array", text("[]"), "bad_header"),
        case(
            "header with something after it",
            text(&format!("{} {{}}", session_header())),
            "bad_header",
        ),
        case(
            "header with a member twice",
            text(r#"{"alg":"none","alg":"RS256","kid":"ins_1"}"#),
            "bad_header",
        ),
        case(
            "header nested deeply",
            text(&format!(r#"{{"alg":{}1{}}}"#, "[".repeat(60), "]".repeat(60))),
            "bad_header",
        ),
        case(
            "header not UTF-8",
            token_of_bytes(b"{\"alg\":\"RS256\xff\"}", session_claims().to_string()),
            "bad_header",
        ),
        case("typ JWS", changed(&json!({ "typ": "JWS" })), "wrong_type"),
        case("typ at+jwt", changed(&json!({ "typ": "at+jwt" })), "wrong_type"),
        case(
            "typ in lower case",
            changed(&json!({ "typ": "jwt" })),
            "wrong_type",
        ),
        case("typ null", changed(&json!({ "typ": null })), "wrong_type"),
        case(
            "cat unknown",
            changed(&json!({ "cat": "cl_B7d4PD444AAA" })),
            "unknown_category",
        ),
        case("cat a number", changed(&json!({ "cat": 1 })), "unknown_category"),
        case("cat null", changed(&json!({ "cat": null })), "unknown_category"),
    ]
}

fn fields() -> Vec<Case> {
    let mut cases = Vec::new();
    let fields = [
        ("crit", json!(["exp"])),
        ("crit empty", json!([])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("jku", json!("http://127.0.0.1:1/keys")),
        ("jwk", KEY.jwk("ins_1")),
        ("x5u", json!("http://127.0.0.1:1/cert")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("abc")),
        ("x5t#S256", json!("abc")),
        ("enc", json!("A256GCM")),
        ("cty", json!("JWT")),
        ("url", json!("https://hemera-academy.com")),
    ];
    for (name, value) in fields {
        let field = name.split(' ').next().unwrap();
        cases.push(case(
            format!("header field {name}"),
            changed(&json!({ field: value })),
            "header_not_allowed",
        ));
    }
    cases
}

fn algorithms() -> Vec<Case> {
    let names = [
        "none", "None", "NONE", "nOnE", "", "rs256", "RS384", "RS512", "PS256", "ES256", "EdDSA", "HS256",
        "RSA-OAEP", "dir",
    ];
    let mut cases: Vec<Case> = names
        .iter()
        .map(|alg| {
            case(
                format!("alg {alg:?}, signed with the key"),
                changed(&json!({ "alg": alg })),
                "algorithm_not_allowed",
            )
        })
        .collect();
    for (name, alg) in [
        ("null", json!(null)),
        ("a number", json!(256)),
        ("a list", json!(["RS256"])),
    ] {
        let token = changed(&json!({ "alg": alg }));
        cases.push(case(format!("alg {name}"), token, "algorithm_not_allowed"));
    }
    cases.push(case(
        "alg missing",
        token(&without(session_header(), "alg"), &session_claims()),
        "algorithm_not_allowed",
    ));
    let zeroed = format!("{}.{}", message("ES256"), base64([0; 64]));
    cases.push(case("ES256 with r = s = 0", zeroed, "algorithm_not_allowed"));
    cases
}

/// Signed by another algorithm, with what is known of the key.
fn confused_algorithms() -> Vec<Case> {
    let mut cases = Vec::new();
    let keyed = [
        ("PEM", KEY.pem().into_bytes()),
        ("DER", KEY.der()),
        ("modulus", KEY.components().n),
        ("JWK", KEY.jwk("ins_1").to_string().into_bytes()),
    ];
    for (form, secret) in keyed {
        let message = message("HS256");
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), message.as_bytes());
        cases.push(case(
            format!("HS256 keyed with the public key's {form}"),
            format!("{message}.{}", base64(tag)),
            "algorithm_not_allowed",
        ));
    }
    let others: [(&str, &'static dyn RsaEncoding); 3] = [
        ("RS384", &RSA_PKCS1_SHA384),
        ("RS512", &RSA_PKCS1_SHA512),
        ("PS256", &RSA_PSS_SHA256),
    ];
    for (alg, encoding) in others {
        let message = message("RS256");
        let signature = base64(KEY.sign_with(encoding, &message));
        cases.push(case(
            format!("RS256 said, {alg} used"),
            format!("{message}.{signature}"),
            "bad_signature",
        ));
    }
    cases
}

fn keys() -> Vec<Case> {
    let kid = |kid: Value| changed(&json!({ "kid": kid }));
    let message = message("RS256");
    let mut cases = vec![
        case(
            "kid missing",
            token(&without(session_header(), "kid"), &session_claims()),
            "key_id_missing",
        ),
        case(
            "another key under the same kid",
            signed(&OTHER_KEY, &message),
            "bad_signature",
        ),
        case(
            "signature of zeros",
            format!("{message}.{}", base64([0; 256])),
            "bad_signature",
        ),
        case("signature of one byte", format!("{message}.AA"), "bad_signature"),
        case(
            "signature longer",
            format!("{message}.{}", base64([KEY.sign(&message), vec![0]].concat())),
            "bad_signature",
        ),
    ];
    let odd = [
        ("null", json!(null)),
        ("a number", json!(7)),
        ("empty", json!("")),
        ("a path", json!("../../etc/passwd")),
        ("SQL", json!("ins_1' OR 1=1 --")),
        ("shell", json!("$(id)")),
        ("CRLF", json!("ins_1\r\nX: y")),
        ("NUL", json!("ins_1\u{0}")),
        ("129 characters", json!("k".repeat(129))),
        ("a URL", json!("https://evil.example/k")),
    ];
    cases.extend(
        odd.into_iter()
            .map(|(name, value)| case(format!("kid {name}"), kid(value), "key_id_malformed")),
    );
    cases.push(case(
        "kid of 64 KiB",
        kid(json!("k".repeat(64 * 1024))),
        "too_large",
    ));
    cases
}
