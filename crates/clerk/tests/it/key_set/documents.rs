//! What is made of odd documents.

use std::time::Duration;

use clerk::ErrorKind;
use serde_json::{Value, json};

use super::{Stage, signed_by};
use crate::support::keys::{KEY, KEY_ID, OTHER_KEY, SigningKey};
use crate::support::server::Reply;
use crate::support::token::{base64, session_token, with};

#[tokio::test]
async fn an_unusable_document_does_not_replace_a_key_set() {
    let oversized = json!({ "keys": [OTHER_KEY.jwk("ins_new")], "pad": "x".repeat(300_000) });
    let answers = [
        ("empty", Reply::json(&json!({ "keys": [] }))),
        (
            "no usable key",
            Reply::json(&json!({ "keys": [{ "kty": "EC", "kid": "ins_new" }] })),
        ),
        ("nothing", Reply::text(200, "application/json", "")),
        ("no keys member", Reply::json(&json!({}))),
        ("HTML", Reply::text(200, "text/html", "<html></html>")),
        ("oversized", Reply::json(&oversized)),
        (
            "redirect",
            Reply::text(302, "text/plain", "").with_header("location", "/elsewhere"),
        ),
        ("cut", Reply::Cut),
        ("silence", Reply::Silence),
    ];
    for (name, answer) in answers {
        let stage = Stage::start().await;
        stage.verifier.keys().warm().await.unwrap();
        stage.answer(answer);
        stage.clock.advance(Duration::from_mins(6));
        assert_eq!(stage.verify(&session_token()).await, "accepted", "{name}");
        assert_eq!(stage.server.lines(), ["GET /v1/jwks", "GET /v1/jwks"], "{name}");
    }
}

#[tokio::test]
async fn unusable_keys_are_left_out_and_the_others_serve() {
    let changed = |changes: Value| with(OTHER_KEY.jwk("ins_new"), &changes);
    let small = base64([&[0xc1_u8][..], &[0x55; 126], &[1]].concat());
    let unusable = [
        (
            "elliptic curve",
            json!({ "kty": "EC", "kid": "ins_new", "crv": "P-256", "x": "AA", "y": "AA" }),
        ),
        ("secret", json!({ "kty": "oct", "kid": "ins_new", "k": "AA" })),
        ("not an object", json!("ins_new")),
        ("for encryption", changed(json!({ "use": "enc" }))),
        ("for another algorithm", changed(json!({ "alg": "RS512" }))),
        ("not for verifying", changed(json!({ "key_ops": ["sign"] }))),
        ("1024 bits", changed(json!({ "n": small }))),
        (
            "2048 bits by leading zeros",
            changed(json!({ "n": base64([&[0_u8; 192][..], &[0xc1; 63], &[1]].concat()) })),
        ),
        (
            "even modulus",
            changed(
                json!({ "n": base64([&[0xc1_u8][..], &[0x55; 255]].concat().iter().map(|byte| byte & 0xfe).collect::<Vec<u8>>()) }),
            ),
        ),
        ("modulus not base64url", changed(json!({ "n": "+/+/" }))),
        ("exponent 1", changed(json!({ "e": "AQ" }))),
        ("exponent even", changed(json!({ "e": "AQAA" }))),
        ("exponent of 8 bytes", changed(json!({ "e": "AQAAAAAAAAE" }))),
        (
            "no id",
            json!({ "kty": "RSA", "n": OTHER_KEY.jwk("x")["n"], "e": "AQAB" }),
        ),
    ];
    for (name, key) in unusable {
        let stage = Stage::with(Reply::json(&json!({ "keys": [key, KEY.jwk(KEY_ID)] }))).await;
        assert_eq!(stage.verify(&session_token()).await, "accepted", "{name}");
        assert_eq!(
            stage.verify(&signed_by(&OTHER_KEY, "ins_new")).await,
            "unknown_key",
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_key_without_use_and_alg_serves() {
    let RsaMembers { n, e } = RsaMembers::of(&KEY);
    let bare = json!({ "kty": "RSA", "kid": KEY_ID, "n": n, "e": e, "x5c": ["ignored"], "future": 1 });
    let stage = Stage::with(Reply::json(&json!({ "keys": [bare] }))).await;
    assert_eq!(stage.verify(&session_token()).await, "accepted");
}

#[tokio::test]
async fn a_key_set_without_usable_keys_is_an_error() {
    let stage = Stage::with(Reply::json(&json!({ "keys": [] }))).await;
    let error = stage.verifier.keys().warm().await.unwrap_err().source.unwrap();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Unintelligible, Some("no_usable_key"))
    );
}

struct RsaMembers {
    n: Value,
    e: Value,
}

impl RsaMembers {
    fn of(key: &SigningKey) -> Self {
        let jwk = key.jwk(KEY_ID);
        Self {
            n: jwk["n"].clone(),
            e: jwk["e"].clone(),
        }
    }
}
