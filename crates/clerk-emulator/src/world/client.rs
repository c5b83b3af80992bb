//! Clients: what a browser or an app is to the Frontend API. A client holds sessions and proves itself by a token.

use serde_json::{Map, json};

use super::World;
use super::session::{Session, SessionStatus};
use super::sign_in::SignIn;
use crate::clock::Stamp;
use crate::id;
use crate::key::KeyError;
use crate::refusal::Refusal;
use crate::token::Unsigned;

/// One client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// The JWT that proves it; empty while none was handed out.
    pub(crate) token: String,
    /// An attempt that is not complete.
    pub(crate) sign_in: Option<SignIn>,
    pub(crate) last_active_session_id: Option<String>,
    pub(crate) last_authentication_strategy: Option<String>,
    pub(crate) created_at: Stamp,
    pub(crate) updated_at: Stamp,
}

/// A browser of a development instance, which cannot keep third-party cookies.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DevBrowser {
    pub(crate) id: String,
    pub(crate) client_id: Option<String>,
}

impl World {
    /// A client without a token, so that no request can prove it yet.
    pub(crate) fn create_client(&mut self, now: Stamp) -> String {
        let id = id::object("client", now);
        let client = Client {
            id: id.clone(),
            token: String::new(),
            sign_in: None,
            last_active_session_id: None,
            last_authentication_strategy: None,
            created_at: now,
            updated_at: now,
        };
        self.clients.insert(id.clone(), client);
        id
    }

    /// Gives the client a new token; the one before it is no longer valid.
    pub(crate) fn renew_client_token(&mut self, client_id: &str, now: Stamp) -> Result<String, KeyError> {
        let mut claims = Map::new();
        claims.insert("id".to_owned(), json!(client_id));
        claims.insert("rotating_token".to_owned(), json!(id::secret(32)));
        let token = Unsigned::new(self.keys.current(), None, claims).sign()?;
        if let Some(client) = self.clients.get_mut(client_id) {
            client.token.clone_from(&token);
            client.updated_at = now;
        }
        Ok(token)
    }

    pub(crate) fn client_by_token(&self, token: &str) -> Option<&Client> {
        self.clients
            .values()
            .find(|client| !client.token.is_empty() && client.token == token)
    }

    /// The sessions that the client object shows: all but the removed ones, oldest first.
    pub(crate) fn sessions_of_client(&self, client_id: &str) -> Vec<&Session> {
        let mut found: Vec<&Session> = self
            .sessions
            .values()
            .filter(|session| session.client_id == client_id && session.status != SessionStatus::Removed)
            .collect();
        found.sort_by_key(|session| session.created_at);
        found
    }

    /// A session of this client, live or not.
    ///
    /// UNVERIFIED: whether another client's session answers 401 or 404; 404 here.
    pub(crate) fn session_of_client(
        &mut self,
        client_id: &str,
        session_id: &str,
    ) -> Result<&mut Session, Refusal> {
        let session = self.session_mut(session_id)?;
        if session.client_id != client_id || session.status == SessionStatus::Removed {
            return Err(Refusal::not_found("session", session_id));
        }
        Ok(session)
    }

    /// Ends one session of a client, or all of them, and forgets that it was the active one.
    pub(crate) fn end_client_sessions(&mut self, client_id: &str, status: SessionStatus, now: Stamp) {
        for session in self
            .sessions
            .values_mut()
            .filter(|session| session.client_id == client_id)
        {
            if session.is_live_at(now) || status == SessionStatus::Removed {
                session.end(status, now);
            }
        }
        if let Some(client) = self.clients.get_mut(client_id) {
            client.last_active_session_id = None;
            client.updated_at = now;
        }
    }
}
