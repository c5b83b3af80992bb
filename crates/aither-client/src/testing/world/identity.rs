//! What responses show of a participant.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hemera_types::UserId;
use secrecy::{ExposeSecret as _, SecretString};

/// What is known of a user besides the id.
#[derive(Clone, Debug, Default)]
pub(super) struct UserRecord {
    pub(super) name: Option<String>,
    pub(super) image_url: Option<String>,
}

/// Participants as they are, or with a keyed hash for an id and without name and picture.
#[derive(Default)]
pub(in crate::testing) struct ParticipantIdentity {
    key: Option<hmac::Key>,
}

impl ParticipantIdentity {
    /// Pseudonyms of this key.
    pub(in crate::testing) fn pseudonymous(key: &SecretString) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose_secret().as_bytes());
        Self { key: Some(key) }
    }

    /// The id that responses show of a user.
    pub(super) fn user_id(&self, user: &UserId) -> UserId {
        let Some(key) = &self.key else {
            return user.clone();
        };
        let hash = URL_SAFE_NO_PAD.encode(hmac::sign(key, user.as_str().as_bytes()));
        // 43 characters, all of them allowed in an id.
        UserId::parse(hash).unwrap_or_else(|_| user.clone())
    }

    /// What responses show of a user besides.
    pub(super) fn shown(&self, user: Option<&UserRecord>) -> UserRecord {
        let user = user.filter(|_| self.key.is_none());
        user.cloned().unwrap_or_default()
    }
}

/// The key must not be printed.
impl fmt::Debug for ParticipantIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParticipantIdentity")
            .field("is_pseudonymous", &self.key.is_some())
            .finish()
    }
}
