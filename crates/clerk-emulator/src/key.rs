//! Key pairs: RSA-2048 with e = 65537, the only form that `@clerk/backend` accepts as a PEM.

use std::sync::{Arc, OnceLock};

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{KeyPair as _, RsaEncoding};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

impl From<KeyError> for crate::refusal::Refusal {
    fn from(error: KeyError) -> Self {
        Self::new(500, "internal_clerk_error", "internal error", error.0)
    }
}

/// The key could not be made, read or used.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct KeyError(pub(crate) &'static str);

/// One signing key and the name under which its public half is published.
#[derive(Debug)]
pub(crate) struct KeyPair {
    kid: String,
    private: Arc<RsaKeyPair>,
}

impl KeyPair {
    pub(crate) fn generate(kid: String) -> Result<Self, KeyError> {
        let private = Arc::new(generate()?);
        Ok(Self { kid, private })
    }

    /// The one key of this process, under this name.
    pub(crate) fn shared(kid: String) -> Result<Self, KeyError> {
        static SHARED: OnceLock<Result<Arc<RsaKeyPair>, KeyError>> = OnceLock::new();
        let private = SHARED.get_or_init(|| Ok(Arc::new(generate()?))).clone()?;
        Ok(Self { kid, private })
    }

    /// From a PEM with a PKCS#8 private key (`-----BEGIN PRIVATE KEY-----`).
    pub(crate) fn parse(kid: String, pem: &str) -> Result<Self, KeyError> {
        const WANTED: KeyError = KeyError("the key must be an RSA private key in PKCS#8 PEM form");
        let body: String = pem
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("-----"))
            .collect();
        let der = STANDARD.decode(body).map_err(|_| WANTED)?;
        Ok(Self {
            kid,
            private: Arc::new(RsaKeyPair::from_pkcs8(&der).map_err(|_| WANTED)?),
        })
    }

    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// Signs with any of the RSA schemes.
    pub(crate) fn sign(&self, scheme: &'static dyn RsaEncoding, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut signature = vec![0; self.private.public_modulus_len()];
        self.private
            .sign(scheme, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| KeyError("the key refused to sign"))?;
        Ok(signature)
    }

    /// The public half as an entry of a key set.
    pub(crate) fn jwk(&self) -> Value {
        let parts = PublicKeyComponents::<Vec<u8>>::from(self.private.public_key());
        json!({
            "use": "sig",
            "kty": "RSA",
            "kid": self.kid,
            "alg": "RS256",
            "n": URL_SAFE_NO_PAD.encode(parts.n),
            "e": URL_SAFE_NO_PAD.encode(parts.e),
        })
    }

    /// The modulus alone: an HMAC secret for the classic confusion attack.
    pub(crate) fn modulus(&self) -> Vec<u8> {
        PublicKeyComponents::<Vec<u8>>::from(self.private.public_key()).n
    }

    /// The public half as `SubjectPublicKeyInfo`.
    pub(crate) fn public_der(&self) -> Result<Vec<u8>, KeyError> {
        let der = self.private.public_key().as_der();
        Ok(der
            .map_err(|_| KeyError("the public key has no DER form"))?
            .as_ref()
            .to_vec())
    }

    /// The public half as PEM, for `CLERK_JWT_KEY`.
    pub(crate) fn public_pem(&self) -> Result<String, KeyError> {
        let text = STANDARD.encode(self.public_der()?);
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        for (index, character) in text.chars().enumerate() {
            if index > 0 && index % 64 == 0 {
                pem.push('\n');
            }
            pem.push(character);
        }
        pem.push_str("\n-----END PUBLIC KEY-----\n");
        Ok(pem)
    }
}

fn generate() -> Result<RsaKeyPair, KeyError> {
    RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError("no RSA key could be generated"))
}
