//! Sessions, and the tokens minted from them with the secret key alone.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{BackendApi, ExpiresIn};
use crate::error::Error;
use crate::minted::{MintAnswer, MintedToken};
use crate::operation::ClerkOperation;
use crate::transport::Request;

/// Calls about sessions; made by [`BackendApi::sessions`].
#[derive(Clone, Copy, Debug)]
pub struct Sessions<'a>(pub(super) &'a BackendApi);

/// One sign-in of one user at one client; unknown fields are ignored.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Session {
    /// `sess_…`
    pub id: String,
    /// `user_…`
    pub user_id: String,
    /// `client_…`
    #[serde(default)]
    pub client_id: Option<String>,
    /// Whether it can still be used.
    pub status: SessionStatus,
    /// When its longest lifetime ends, in milliseconds since 1970.
    #[serde(default)]
    pub expire_at: Option<i64>,
    /// When it was last active, in milliseconds since 1970.
    #[serde(default)]
    pub last_active_at: Option<i64>,
}

/// What has become of a session.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
#[non_exhaustive]
pub enum SessionStatus {
    /// In use.
    Active,
    /// Signed in, but with tasks to do before it counts.
    Pending,
    /// Signed out, still kept by the client.
    Ended,
    /// Its longest lifetime is over.
    Expired,
    /// Signed out and removed from the client.
    Removed,
    /// Given up by the client.
    Abandoned,
    /// Another one took its place.
    Replaced,
    /// Ended through the Backend API.
    Revoked,
    /// A status that this crate does not know.
    Other(String),
}

#[derive(Serialize)]
struct NewSession<'a> {
    user_id: &'a str,
}

impl Sessions<'_> {
    /// Creates a session without a sign-in. Development instances only; a production instance answers
    /// `request_invalid_for_environment`, and a ticket is the way there.
    pub async fn create(&self, user_id: &str) -> Result<Session, Error> {
        self.0
            .json(
                Request::post(ClerkOperation::CreateSession, &["v1", "sessions"])
                    .with_json(&NewSession { user_id }),
            )
            .await
    }

    /// One session by id. Clerk forgets old ones that are no longer active.
    pub async fn get(&self, session_id: &str) -> Result<Session, Error> {
        self.0
            .json(Request::get(
                ClerkOperation::ReadSession,
                &["v1", "sessions", session_id],
            ))
            .await
    }

    /// All sessions of a user, newest first, those of one status only where one is given.
    pub async fn list(&self, user_id: &str, status: Option<SessionStatus>) -> Result<Vec<Session>, Error> {
        let status = status.as_ref().map(SessionStatus::as_str);
        let page = || {
            let request = Request::get(ClerkOperation::ListSessions, &["v1", "sessions"])
                .with_query("user_id", user_id);
            match status {
                Some(status) => request.with_query("status", status),
                None => request,
            }
        };
        self.0.all(page).await
    }

    /// Ends a session. Tokens minted from it stay valid until they expire.
    pub async fn revoke(&self, session_id: &str) -> Result<Session, Error> {
        self.0
            .json(Request::post(
                ClerkOperation::RevokeSession,
                &["v1", "sessions", session_id, "revoke"],
            ))
            .await
    }

    /// Mints a session token: 60 seconds unless `expires_in` says otherwise (30 seconds to ten years, in whole
    /// seconds).
    pub async fn mint(&self, session_id: &str, expires_in: Option<Duration>) -> Result<MintedToken, Error> {
        let path = ["v1", "sessions", session_id, "tokens"];
        self.mint_at(Request::post(ClerkOperation::MintSessionToken, &path), expires_in)
            .await
    }

    /// Mints a token from a JWT template, with the template's lifetime unless `expires_in` says otherwise.
    pub async fn mint_from_template(
        &self,
        session_id: &str,
        template: &str,
        expires_in: Option<Duration>,
    ) -> Result<MintedToken, Error> {
        let path = ["v1", "sessions", session_id, "tokens", template];
        self.mint_at(
            Request::post(ClerkOperation::MintTemplateToken, &path),
            expires_in,
        )
        .await
    }

    async fn mint_at(
        &self,
        request: Request<'_>,
        expires_in: Option<Duration>,
    ) -> Result<MintedToken, Error> {
        let operation = request.operation;
        let body = ExpiresIn {
            expires_in_seconds: expires_in.map(|duration| duration.as_secs()),
        };
        let answer: MintAnswer = self.0.json(request.with_json(&body)).await?;
        answer.into_token(operation)
    }
}

impl SessionStatus {
    /// The status as Clerk writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Ended => "ended",
            Self::Expired => "expired",
            Self::Removed => "removed",
            Self::Abandoned => "abandoned",
            Self::Replaced => "replaced",
            Self::Revoked => "revoked",
            Self::Other(text) => text,
        }
    }

    /// Whether a session of this status is over for good. An unknown status counts as alive: no session is
    /// given up for a status that this crate does not know.
    pub fn is_over(&self) -> bool {
        !matches!(self, Self::Active | Self::Pending | Self::Other(_))
    }
}

impl From<String> for SessionStatus {
    fn from(text: String) -> Self {
        match text.as_str() {
            "active" => Self::Active,
            "pending" => Self::Pending,
            "ended" => Self::Ended,
            "expired" => Self::Expired,
            "removed" => Self::Removed,
            "abandoned" => Self::Abandoned,
            "replaced" => Self::Replaced,
            "revoked" => Self::Revoked,
            _ => Self::Other(text),
        }
    }
}
