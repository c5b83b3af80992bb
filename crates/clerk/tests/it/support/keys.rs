//! Real RSA keys, made once per run.

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaEncoding, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// The id under which the instance publishes its key.
pub(crate) const KEY_ID: &str = "ins_2gAbCdEfGhIjKlMnOpQrStUvWxY";

/// The instance's key.
pub(crate) static KEY: LazyLock<SigningKey> = LazyLock::new(SigningKey::make);

/// A key that is not the instance's, or not yet.
pub(crate) static OTHER_KEY: LazyLock<SigningKey> = LazyLock::new(SigningKey::make);

pub(crate) struct SigningKey(RsaKeyPair);

impl SigningKey {
    fn make() -> Self {
        Self(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    /// RS256.
    pub(crate) fn sign(&self, message: &str) -> Vec<u8> {
        self.sign_with(&RSA_PKCS1_SHA256, message)
    }

    pub(crate) fn sign_with(&self, encoding: &'static dyn RsaEncoding, message: &str) -> Vec<u8> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(encoding, &SystemRandom::new(), message.as_bytes(), &mut signature)
            .unwrap();
        signature
    }

    pub(crate) fn components(&self) -> RsaPublicKeyComponents<Vec<u8>> {
        RsaPublicKeyComponents::from(self.0.public_key())
    }

    /// As a member of a key set.
    pub(crate) fn jwk(&self, kid: &str) -> Value {
        let RsaPublicKeyComponents { n, e } = self.components();
        let (n, e) = (URL_SAFE_NO_PAD.encode(n), URL_SAFE_NO_PAD.encode(e));
        json!({ "use": "sig", "kty": "RSA", "kid": kid, "alg": "RS256", "n": n, "e": e })
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let der: PublicKeyX509Der<'_> = self.0.public_key().as_der().unwrap();
        der.as_ref().to_vec()
    }

    pub(crate) fn pem(&self) -> String {
        let body = STANDARD.encode(self.der());
        let lines: Vec<&str> = body
            .as_bytes()
            .chunks(64)
            .map(|line| str::from_utf8(line).unwrap())
            .collect();
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            lines.join("\n")
        )
    }
}

/// A key set with the instance's key.
pub(crate) fn key_set() -> Value {
    json!({ "keys": [KEY.jwk(KEY_ID)] })
}
