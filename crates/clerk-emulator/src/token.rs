//! A JWT before and after its signature.

use std::sync::Arc;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::key::{KeyError, KeyPair};

/// What kind of token it is, as the header's `cat` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Category {
    Session,
    Template,
    Machine,
}

impl Category {
    /// The values are fixed by Clerk.
    pub(crate) const fn header_value(self) -> &'static str {
        match self {
            Self::Session => "cl_B7d4PD111AAA",
            Self::Template => "cl_B7d4PD222AAA",
            Self::Machine => "cl_B7d4PD333AAA",
        }
    }
}

/// With what a token is signed.
#[derive(Clone, Debug)]
pub(crate) enum Signer {
    /// RS256.
    Rsa(Arc<KeyPair>),
    /// A template's own shared secret.
    Hmac(hmac::Algorithm, Vec<u8>),
}

/// A token about to be signed.
#[derive(Clone, Debug)]
pub(crate) struct Unsigned {
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    pub(crate) signer: Signer,
}

impl Unsigned {
    /// A token of the instance's own key. Client tokens and tickets carry no category.
    pub(crate) fn new(key: Arc<KeyPair>, category: Option<Category>, claims: Map<String, Value>) -> Self {
        let mut header = Map::new();
        header.insert("alg".to_owned(), json!("RS256"));
        if let Some(category) = category {
            header.insert("cat".to_owned(), json!(category.header_value()));
        }
        header.insert("kid".to_owned(), json!(key.kid()));
        header.insert("typ".to_owned(), json!("JWT"));
        Self {
            header,
            claims,
            signer: Signer::Rsa(key),
        }
    }

    /// The compact form.
    pub(crate) fn sign(&self) -> Result<String, KeyError> {
        let input = signing_input(&text(&self.header), &text(&self.claims));
        let signature = match &self.signer {
            Signer::Rsa(key) => key.sign(&RSA_PKCS1_SHA256, input.as_bytes())?,
            Signer::Hmac(algorithm, secret) => {
                hmac::sign(&hmac::Key::new(*algorithm, secret), input.as_bytes())
                    .as_ref()
                    .to_vec()
            }
        };
        Ok(compact(&input, &signature))
    }
}

/// The first two parts, dot between.
pub(crate) fn signing_input(header: &str, claims: &str) -> String {
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    )
}

pub(crate) fn compact(signing_input: &str, signature: &[u8]) -> String {
    format!("{signing_input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub(crate) fn text(map: &Map<String, Value>) -> String {
    Value::Object(map.clone()).to_string()
}
