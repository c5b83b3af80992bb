//! A token that Clerk has just minted for us.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind};
use crate::operation::ClerkOperation;

/// A freshly minted JWT and how long it lives. The JWT does not print.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MintedToken {
    /// What goes after `Bearer `.
    pub jwt: SecretString,
    /// `exp − iat`: how long the token lives by Clerk's clock, to be counted from before the mint was sent. Right on
    /// a machine with a wrong clock, too.
    pub lifetime: Duration,
    /// `exp`, for display.
    pub expires_at: SystemTime,
}

/// The claims from which the lifetime follows. They are read without a check of the signature: the token came from
/// Clerk over its own connection, and its receiver checks it.
#[derive(Deserialize)]
struct Times {
    iat: u64,
    exp: u64,
}

/// What both APIs answer to a mint from a session.
#[derive(Deserialize)]
pub(crate) struct MintAnswer {
    jwt: String,
}

impl MintAnswer {
    pub(crate) fn into_token(self, operation: ClerkOperation) -> Result<MintedToken, Error> {
        MintedToken::read(operation, self.jwt)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the minted token is not a JWT with iat and a later exp")]
struct NotAToken;

impl MintedToken {
    /// Fails with [`ErrorKind::ClaimMissing`] for the first of `names` that the token lacks, and says whether the
    /// template lacks it altogether or the user has no value for it.
    pub fn require_claims(&self, names: &[&str]) -> Result<(), Error> {
        const OPERATION: ClerkOperation = ClerkOperation::RequireClaims;
        let claims: Map<String, Value> = payload(self.jwt.expose_secret()).unwrap_or_default();
        for name in names {
            let code = match claims.get(*name) {
                None => "template_lacks_claim",
                Some(Value::Null) => "user_lacks_claim",
                Some(_) => continue,
            };
            return Err(Error::new(OPERATION, ErrorKind::ClaimMissing)
                .with_code(code)
                .with_parameter(*name));
        }
        Ok(())
    }

    pub(crate) fn read(operation: ClerkOperation, jwt: String) -> Result<Self, Error> {
        let fault = || Error::new(operation, ErrorKind::Unintelligible).with_source(NotAToken);
        let Times { iat, exp } = payload(&jwt).ok_or_else(fault)?;
        let lifetime = exp
            .checked_sub(iat)
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs);
        let expires_at = UNIX_EPOCH.checked_add(Duration::from_secs(exp));
        match (lifetime, expires_at) {
            (Some(lifetime), Some(expires_at)) => Ok(Self {
                jwt: jwt.into(),
                lifetime,
                expires_at,
            }),
            _ => Err(fault()),
        }
    }
}

fn payload<T: DeserializeOwned>(jwt: &str) -> Option<T> {
    let mut segments = jwt.split('.');
    let (_, payload, _) = (segments.next()?, segments.next()?, segments.next()?);
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}
