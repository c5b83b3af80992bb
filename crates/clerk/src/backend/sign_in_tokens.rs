//! One-time sign-in tokens: the way to a session that production instances allow.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::BackendApi;
use crate::error::{Error, ErrorKind};
use crate::operation::ClerkOperation;
use crate::transport::Request;

/// Calls about sign-in tokens; made by [`BackendApi::sign_in_tokens`].
#[derive(Clone, Copy, Debug)]
pub struct SignInTokens<'a>(pub(super) &'a BackendApi);

/// A sign-in token that was just created.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SignInToken {
    /// `sit_…`, to revoke it by.
    pub id: String,
    /// What the Frontend API takes, once.
    pub ticket: Ticket,
}

/// The secret part of a sign-in token: the first who redeems it is signed in as its user.
#[derive(Clone)]
pub struct Ticket(SecretString);

#[derive(Serialize)]
struct NewSignInToken<'a> {
    user_id: &'a str,
    expires_in_seconds: u64,
}

#[derive(Deserialize)]
struct Created {
    id: String,
    #[serde(default)]
    token: Option<SecretString>,
}

impl SignInTokens<'_> {
    /// Creates a sign-in token that can be redeemed once within `expires_in` (whole seconds, at least one).
    pub async fn create(&self, user_id: &str, expires_in: Duration) -> Result<SignInToken, Error> {
        const OPERATION: ClerkOperation = ClerkOperation::CreateSignInToken;
        let body = NewSignInToken {
            user_id,
            expires_in_seconds: expires_in.as_secs().max(1),
        };
        let created: Created = self
            .0
            .json(Request::post(OPERATION, &["v1", "sign_in_tokens"]).with_json(&body))
            .await?;
        let token = created
            .token
            .ok_or_else(|| Error::new(OPERATION, ErrorKind::Unintelligible))?;
        Ok(SignInToken {
            id: created.id,
            ticket: Ticket(token),
        })
    }

    /// Revokes a sign-in token that has not been redeemed.
    pub async fn revoke(&self, id: &str) -> Result<(), Error> {
        self.0
            .send(Request::post(
                ClerkOperation::RevokeSignInToken,
                &["v1", "sign_in_tokens", id, "revoke"],
            ))
            .await
    }
}

impl Ticket {
    /// A ticket that an operator handed over, for example.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text, to be handed to the one who is to redeem it.
    pub fn secret(&self) -> &SecretString {
        &self.0
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(…)")
    }
}
