//! A session as its own client keeps it: what tokens are minted from without the secret key.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::client_token::{ClientToken, Visitor};
use super::mode::Origin;
use super::sign_in::{SignedIn, time};
use crate::error::{Error, ErrorKind};
use crate::operation::ClerkOperation;

/// The version of the document that is written. Another one is refused, so that nothing is misread.
const VERSION: u32 = 1;

/// A session and the client that holds it. With it, everything that its user may do can be done for as long as it
/// lives; it does not print, and [`ClientSession::to_json`] is the only way out.
#[derive(Clone)]
pub struct ClientSession {
    pub(super) id: String,
    pub(super) token: ClientToken,
    ends_at: Option<SystemTime>,
}

/// A text is no session that [`ClientSession::to_json`] wrote. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a session that was kept: it is damaged or of another version; remove it and enrol anew")]
pub struct InvalidClientSession;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionDocument {
    version: u32,
    session_id: String,
    client_token: String,
    /// The origin of the page that a browser pretended to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<Url>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dev_browser: Option<String>,
    /// Milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ends_at: Option<u64>,
}

impl ClientSession {
    /// The session of a completed sign-in. Fails where Clerk's answer had no client token.
    pub fn try_new(signed_in: SignedIn) -> Result<Self, Error> {
        let token = signed_in.client_token.ok_or_else(|| {
            Error::new(ClerkOperation::KeepSession, ErrorKind::Unintelligible).with_code("no_client_token")
        })?;
        Ok(Self {
            id: signed_in.session_id,
            token,
            ends_at: signed_in.ends_at,
        })
    }

    /// Reads what [`ClientSession::to_json`] wrote.
    pub fn parse(text: &str) -> Result<Self, InvalidClientSession> {
        let document: SessionDocument = serde_json::from_str(text).map_err(|_| InvalidClientSession)?;
        if document.version != VERSION || document.session_id.is_empty() || document.client_token.is_empty() {
            return Err(InvalidClientSession);
        }
        let origin = document.origin.as_ref().map(Origin::try_new).transpose();
        let visitor = Visitor {
            origin: origin.map_err(|_| InvalidClientSession)?,
            dev_browser: document.dev_browser.map(SecretString::from),
        };
        Ok(Self {
            id: document.session_id,
            token: ClientToken {
                text: document.client_token.into(),
                visitor,
            },
            ends_at: document.ends_at.and_then(time),
        })
    }

    /// The session as text, for a safe place.
    pub fn to_json(&self) -> SecretString {
        let Visitor { origin, dev_browser } = &self.token.visitor;
        let millis = |time: SystemTime| {
            let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        };
        let document = SessionDocument {
            version: VERSION,
            session_id: self.id.clone(),
            client_token: self.token.expose().to_owned(),
            origin: origin
                .as_ref()
                .and_then(|origin| Url::parse(origin.as_str()).ok()),
            dev_browser: dev_browser.as_ref().map(|token| token.expose_secret().to_owned()),
            ends_at: self.ends_at.map(millis),
        };
        // A struct of texts and numbers always becomes JSON.
        SecretString::from(serde_json::to_string(&document).unwrap_or_default())
    }

    /// `sess_…`
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When Clerk will end the session, used or not, by Clerk's clock.
    pub fn ends_at(&self) -> Option<SystemTime> {
        self.ends_at
    }

    /// The same session with the client token of a later answer.
    #[must_use]
    pub fn with_client_token(self, token: ClientToken) -> Self {
        Self { token, ..self }
    }
}

impl fmt::Debug for ClientSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSession")
            .field("id", &self.id)
            .field("ends_at", &self.ends_at)
            .finish_non_exhaustive()
    }
}
