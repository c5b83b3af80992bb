//! A published key set, of which only what we can use is used.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::key::{Key, Keys};
use crate::jwk_set::JwkSet;

/// An instance has one key, two while it changes them; keys after this many are not read.
const MAX_KEYS: usize = 32;

/// The members of a key that matter here. A key without one of them is for others.
#[derive(Deserialize)]
struct RsaKey {
    kty: String,
    kid: String,
    n: String,
    e: String,
    #[serde(rename = "use", default)]
    usage: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    key_ops: Option<Vec<String>>,
}

/// The RSA signing keys of sufficient size; others are left out rather than spoiling the set.
pub(super) fn usable_keys(document: &JwkSet) -> Keys {
    let keys: Vec<Key> = document
        .keys
        .iter()
        .take(MAX_KEYS)
        .filter_map(usable_key)
        .collect();
    let ignored = document.keys.len() - keys.len();
    if ignored > 0 {
        tracing::warn!(
            ignored,
            usable = keys.len(),
            "the key set has keys that cannot verify RS256 tokens"
        );
    }
    Keys::published(keys)
}

fn usable_key(document: &Value) -> Option<Key> {
    let key = RsaKey::deserialize(document).ok()?;
    let is_for_us = key.kty == "RSA"
        && !key.kid.is_empty()
        && key.usage.is_none_or(|usage| usage == "sig")
        && key.alg.is_none_or(|alg| alg == "RS256")
        && key.key_ops.is_none_or(|ops| ops.iter().any(|op| op == "verify"));
    if !is_for_us {
        return None;
    }
    let modulus = URL_SAFE_NO_PAD.decode(&key.n).ok()?;
    let exponent = URL_SAFE_NO_PAD.decode(&key.e).ok()?;
    Key::rsa(Some(key.kid), &modulus, &exponent)
}
