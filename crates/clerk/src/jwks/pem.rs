//! The key of `CLERK_JWT_KEY`: PEM, or the body of it in one line.

use std::fmt::Write as _;

use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::{DecodingKey, DecodingKeyKind};

use super::key::{Key, Keys};

/// The text is not a public key that tokens can be verified with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPem {
    /// A private key: it must not be here.
    #[error(
        "CLERK_JWT_KEY is a private key: take the public key from Clerk's dashboard (API keys, JWKS public key)"
    )]
    Private,
    /// Not a PEM at all.
    #[error("CLERK_JWT_KEY is not an RSA public key in PEM: copy it whole from Clerk's dashboard, API keys")]
    Format,
    /// An RSA key that is too small or too large.
    #[error("CLERK_JWT_KEY is not an RSA key of 2048 to 8192 bits: take the one from Clerk's dashboard")]
    Size,
}

pub(super) fn parse(text: &str) -> Result<Keys, InvalidPem> {
    // Environment files often hold line breaks as the two characters `\n`.
    let text = text.replace("\\n", "\n");
    if text.contains("PRIVATE KEY") {
        return Err(InvalidPem::Private);
    }
    let pem = if text.contains("-----BEGIN") {
        text
    } else {
        armored(&text)
    };
    let key = DecodingKey::from_rsa_pem(pem.trim().as_bytes()).map_err(|_| InvalidPem::Format)?;
    let DecodingKeyKind::SecretOrDer(der) = key.kind() else {
        return Err(InvalidPem::Format);
    };
    let (modulus, exponent) = (DEFAULT_PROVIDER.key_utils.rsa_pub_components_from_public_key)(der)
        .map_err(|_| InvalidPem::Format)?;
    Key::rsa(None, &modulus, &exponent)
        .map(Keys::single)
        .ok_or(InvalidPem::Size)
}

/// The body alone, put between the lines that PEM wants around it.
fn armored(body: &str) -> String {
    let body: Vec<char> = body.chars().filter(|char| !char.is_whitespace()).collect();
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    for line in body.chunks(64) {
        let _ = writeln!(pem, "{}", line.iter().collect::<String>());
    }
    pem.push_str("-----END PUBLIC KEY-----\n");
    pem
}
