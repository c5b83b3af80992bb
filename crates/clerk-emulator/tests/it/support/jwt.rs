//! A JWT, taken apart and checked by an independent library.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

/// Header and claims of a token.
#[derive(Clone, Debug)]
pub(crate) struct Jwt {
    text: String,
    pub(crate) header: Value,
    pub(crate) claims: Value,
}

impl Jwt {
    #[track_caller]
    pub(crate) fn parse(text: &str) -> Self {
        let parts: Vec<&str> = text.split('.').collect();
        let part =
            |index: usize| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[index]).unwrap()).unwrap();
        Self {
            text: text.to_owned(),
            header: part(0),
            claims: part(1),
        }
    }

    /// From `{"jwt": …}`.
    #[track_caller]
    pub(crate) fn of(body: &Value) -> Self {
        Self::parse(body["jwt"].as_str().unwrap())
    }

    /// Whether the signature is by the key that this key set has under the token's `kid`.
    pub(crate) fn is_signed_by(&self, jwks: &Value) -> bool {
        let set: JwkSet = serde_json::from_value(jwks.clone()).unwrap();
        let Some(jwk) = self.header["kid"].as_str().and_then(|kid| set.find(kid)) else {
            return false;
        };
        let mut validation = Validation::new(Algorithm::RS256);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let key = DecodingKey::from_jwk(jwk).unwrap();
        jsonwebtoken::decode::<Value>(&self.text, &key, &validation).is_ok()
    }

    /// `exp` less `iat`, in seconds.
    pub(crate) fn lifetime(&self) -> i64 {
        self.claims["exp"].as_i64().unwrap() - self.claims["iat"].as_i64().unwrap()
    }
}
