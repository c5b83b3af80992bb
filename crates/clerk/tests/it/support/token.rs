//! Tokens, good ones and all others.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::keys::{KEY, KEY_ID, SigningKey};

pub(crate) const ISSUER: &str = "https://clerk.hemera-academy.com";

/// When the tests take place.
pub(crate) const NOW: u64 = 1_790_000_000;

pub(crate) fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn session_header() -> Value {
    json!({ "alg": "RS256", "typ": "JWT", "kid": KEY_ID, "cat": "cl_B7d4PD111AAA" })
}

pub(crate) fn template_header() -> Value {
    json!({ "alg": "RS256", "typ": "JWT", "kid": KEY_ID, "cat": "cl_B7d4PD222AAA" })
}

pub(crate) fn machine_header() -> Value {
    json!({ "alg": "RS256", "typ": "JWT", "kid": KEY_ID, "cat": "cl_B7d4PD333AAA" })
}

pub(crate) fn session_claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "user_2aBcDeFgHiJkLmNoPqRsTuVwXyZ", "sid": "sess_2aBcDeFgHiJkLmNoPqRsTuVwXyZ",
        "iat": NOW, "nbf": NOW - 10, "exp": NOW + 60, "jti": "0f3c0f3c0f3c0f3c0f3c", "v": 2, "sts": "active",
        "fva": [85, -1],
    })
}

pub(crate) fn template_claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "user_2aBcDeFgHiJkLmNoPqRsTuVwXyZ", "aud": "hemera-api", "role": "api-client",
        "iat": NOW, "nbf": NOW - 5, "exp": NOW + 900, "jti": "0f3c0f3c0f3c0f3c0f3c",
    })
}

pub(crate) fn machine_claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "mch_2aBcDeFgHiJkLmNoPqRsTuVwXyZ", "scopes": "mch_2bbbbbbbbbbbbbbbbbbbbbbbbbb",
        "iat": NOW, "nbf": NOW - 5, "exp": NOW + 900, "jti": "mt_0f3c",
    })
}

/// Signed by the instance's key.
pub(crate) fn token(header: &Value, claims: &Value) -> String {
    token_of_bytes(header.to_string(), claims.to_string())
}

/// The same from bytes that need not be JSON.
pub(crate) fn token_of_bytes(header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>) -> String {
    signed(&KEY, &message(header, claims))
}

/// Header and claims, still without a signature.
pub(crate) fn message(header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>) -> String {
    format!("{}.{}", base64(header), base64(claims))
}

/// The message with a signature of this key.
pub(crate) fn signed(key: &SigningKey, message: &str) -> String {
    format!("{message}.{}", base64(key.sign(message)))
}

pub(crate) fn session_token() -> String {
    token(&session_header(), &session_claims())
}

pub(crate) fn template_token() -> String {
    token(&template_header(), &template_claims())
}

/// `{"a": 1}` with `{"b": 2}` in it; a `null` removes.
pub(crate) fn with(mut object: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
}

pub(crate) fn without(mut object: Value, name: &str) -> Value {
    object.as_object_mut().unwrap().remove(name).unwrap();
    object
}
