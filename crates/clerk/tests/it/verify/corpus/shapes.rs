//! Texts that are no token, and parts that are not what they should be.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Value, json};

use super::{Case, case};
use crate::support::token::{session_claims, session_header, session_token, token, token_of_bytes, with};

pub(super) fn all() -> Vec<Case> {
    [shapes(), encodings(), claim_shapes()]
        .into_iter()
        .flatten()
        .collect()
}

fn shapes() -> Vec<Case> {
    let good = session_token();
    let parts: Vec<&str> = good.split('.').collect();
    vec![
        case("empty", "", "not_compact"),
        case("one part", parts[0], "not_compact"),
        case("two parts", format!("{}.{}", parts[0], parts[1]), "not_compact"),
        case(
            "signature removed",
            format!("{}.{}.", parts[0], parts[1]),
            "not_compact",
        ),
        case("only dots", "..", "not_compact"),
        case(
            "five parts",
            format!("{good}.{}.{}", parts[1], parts[2]),
            "not_compact",
        ),
        case(
            "JSON serialization",
            json!({ "payload": parts[1], "signatures": [] }).to_string(),
            "not_compact",
        ),
        case("opaque", "mt_0123456789abcdef", "not_compact"),
        case("8193 bytes", "a".repeat(8193), "too_large"),
        case(
            "a claim of 1 MiB",
            token(
                &session_header(),
                &with(session_claims(), &json!({ "pad": "x".repeat(1 << 20) })),
            ),
            "too_large",
        ),
        case(
            "100,000 keys",
            token(&session_header(), &many_members(100_000)),
            "too_large",
        ),
    ]
}

fn encodings() -> Vec<Case> {
    let good = session_token();
    let parts: Vec<&str> = good.split('.').collect();
    let padded = URL_SAFE.encode(session_header().to_string() + " ");
    let standard = STANDARD.encode("{\"alg\":\"RS256\",\"?\":\"???>>>\"}");
    let unsorted_bits = format!("{}.{}.{}", parts[0], parts[1], last_char_changed(parts[2]));
    vec![
        case(
            "padded header",
            format!("{padded}.{}.{}", parts[1], parts[2]),
            "bad_encoding",
        ),
        case(
            "standard alphabet",
            format!("{standard}.{}.{}", parts[1], parts[2]),
            "bad_encoding",
        ),
        case("white space inside", good.replacen('.', " .", 1), "bad_encoding"),
        case("line break at the end", format!("{good}\r\n"), "bad_encoding"),
        case(
            "bits beyond the signature's last byte",
            unsorted_bits,
            "bad_encoding",
        ),
        case("not ASCII", good.replacen('e', "é", 1), "bad_encoding"),
    ]
}

fn claim_shapes() -> Vec<Case> {
    let text = |claims: &str| token_of_bytes(session_header().to_string(), claims);
    let deep = format!(r#"{{"a":{}1{}}}"#, "[".repeat(2000), "]".repeat(2000));
    let twice = session_claims()
        .to_string()
        .replacen('{', r#"{"sub":"user_admin","#, 1);
    let inner_twice =
        session_claims()
            .to_string()
            .replacen('{', r#"{"m":{"role":"user","role":"admin"},"#, 1);
    vec![
        case("claims not JSON", text("hello"), "bad_claims"),
        case("claims empty", text(" "), "bad_claims"),
        case("claims an array", text("[1]"), "bad_claims"),
        case(
            "claims with something after them",
            text(&format!("{}x", session_claims())),
            "bad_claims",
        ),
        case("claims with a claim twice", text(&twice), "bad_claims"),
        case(
            "claims with a member twice further down",
            text(&inner_twice),
            "bad_claims",
        ),
        case("claims nested deeply", text(&deep), "bad_claims"),
        case(
            "claims nested one too deeply",
            text(&format!(r#"{{"a":{}1{}}}"#, "[".repeat(16), "]".repeat(16))),
            "bad_claims",
        ),
        case(
            "a number beyond all numbers",
            text(r#"{"exp":1e999}"#),
            "bad_claims",
        ),
        case("a lone surrogate", text(r#"{"sub":"\ud800"}"#), "bad_claims"),
    ]
}

/// 256 bytes leave four bits unused in the last character; strict readers want them zero.
fn last_char_changed(signature: &str) -> String {
    let (rest, last) = signature.split_at(signature.len() - 1);
    let changed = match last {
        "A" => "B",
        "Q" => "R",
        "g" => "h",
        "w" => "x",
        other => panic!("256 bytes do not end with {other}"),
    };
    format!("{rest}{changed}")
}

fn many_members(count: usize) -> Value {
    (0..count)
        .map(|index| (format!("k{index}"), json!(0)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
