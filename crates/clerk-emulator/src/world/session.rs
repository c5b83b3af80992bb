//! Sessions.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::World;
use crate::clock::Stamp;
use crate::id;
use crate::refusal::Refusal;

/// A session is abandoned this long after it was begun. UNVERIFIED: Clerk's own span.
const ABANDONED_AFTER: Duration = Duration::from_hours(30 * 24);

/// The states of a session, in Clerk's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// In use.
    Active,
    /// Signed in, but session tasks are outstanding.
    Pending,
    /// Ended by the application.
    Revoked,
    /// Signed out, kept in its client.
    Ended,
    /// Its time is over.
    Expired,
    /// Signed out and taken out of its client.
    Removed,
    /// Given up by its client.
    Abandoned,
    /// Replaced by another session.
    Replaced,
}

impl SessionStatus {
    /// Clerk's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Revoked => "revoked",
            Self::Ended => "ended",
            Self::Expired => "expired",
            Self::Removed => "removed",
            Self::Abandoned => "abandoned",
            Self::Replaced => "replaced",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_value(text.into()).ok()
    }

    pub(crate) const fn is_live(self) -> bool {
        matches!(self, Self::Active | Self::Pending)
    }
}

/// One session.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) client_id: String,
    /// As it was last set; [`Session::status_at`] knows of expiry.
    pub(crate) status: SessionStatus,
    pub(crate) tasks: Vec<String>,
    pub(crate) last_active_at: Stamp,
    pub(crate) expire_at: Stamp,
    pub(crate) abandon_at: Stamp,
    pub(crate) created_at: Stamp,
    pub(crate) updated_at: Stamp,
}

impl Session {
    pub(crate) fn status_at(&self, now: Stamp) -> SessionStatus {
        if self.status.is_live() && self.expire_at <= now {
            SessionStatus::Expired
        } else {
            self.status
        }
    }

    pub(crate) fn is_live_at(&self, now: Stamp) -> bool {
        self.status_at(now).is_live()
    }

    /// `sts` of its tokens.
    pub(crate) const fn token_state(&self) -> &'static str {
        if self.tasks.is_empty() {
            "active"
        } else {
            "pending"
        }
    }

    pub(crate) fn end(&mut self, status: SessionStatus, now: Stamp) {
        self.status = status;
        self.updated_at = now;
    }
}

impl World {
    /// Begins a session of `user_id` in `client_id`.
    pub(crate) fn begin_session(&mut self, user_id: &str, client_id: &str, now: Stamp) -> Session {
        let tasks = self.settings.session_tasks.clone();
        let session = Session {
            id: id::object("sess", now),
            user_id: user_id.to_owned(),
            client_id: client_id.to_owned(),
            status: if tasks.is_empty() {
                SessionStatus::Active
            } else {
                SessionStatus::Pending
            },
            tasks,
            last_active_at: now,
            expire_at: now.plus(self.settings.session_lifetime()),
            abandon_at: now.plus(ABANDONED_AFTER),
            created_at: now,
            updated_at: now,
        };
        self.sessions.insert(session.id.clone(), session.clone());
        session
    }

    pub(crate) fn session(&self, id: &str) -> Result<&Session, Refusal> {
        self.sessions
            .get(id)
            .ok_or_else(|| Refusal::not_found("session", id))
    }

    pub(crate) fn session_mut(&mut self, id: &str) -> Result<&mut Session, Refusal> {
        self.sessions
            .get_mut(id)
            .ok_or_else(|| Refusal::not_found("session", id))
    }

    /// A session from which tokens can be minted.
    ///
    /// UNVERIFIED: the answer for one that exists but is over. The documents offer 401 and 404; 404 here.
    pub(crate) fn live_session(&self, id: &str, now: Stamp) -> Result<&Session, Refusal> {
        let session = self.session(id)?;
        if session.is_live_at(now) {
            Ok(session)
        } else {
            Err(Refusal::not_found("session", id))
        }
    }

    /// Newest first.
    pub(crate) fn find_sessions(
        &self,
        user_id: Option<&str>,
        client_id: Option<&str>,
        status: Option<SessionStatus>,
        now: Stamp,
    ) -> Vec<&Session> {
        let mut found: Vec<&Session> = self
            .sessions
            .values()
            .filter(|session| user_id.is_none_or(|id| session.user_id == id))
            .filter(|session| client_id.is_none_or(|id| session.client_id == id))
            .filter(|session| status.is_none_or(|status| session.status_at(now) == status))
            .collect();
        found.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| b.id.cmp(&a.id)));
        found
    }

    /// Ends what is live of a user.
    pub(crate) fn end_sessions_of(&mut self, user_id: &str, status: SessionStatus, now: Stamp) {
        for session in self.sessions.values_mut() {
            if session.user_id == user_id && session.is_live_at(now) {
                session.end(status, now);
            }
        }
    }
}
