//! Sign-in tokens: tickets that sign a user in once.

use std::time::Duration;

use serde_json::{Map, json};

use super::World;
use crate::clock::Stamp;
use crate::id;
use crate::refusal::Refusal;
use crate::token::Unsigned;

/// What became of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TicketStatus {
    Pending,
    Accepted,
    Revoked,
}

impl TicketStatus {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
        }
    }
}

/// One ticket.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SignInToken {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) status: TicketStatus,
    /// The ticket itself.
    pub(crate) token: String,
    pub(crate) expires_at: Stamp,
    pub(crate) created_at: Stamp,
    pub(crate) updated_at: Stamp,
}

impl World {
    pub(crate) fn create_sign_in_token(
        &mut self,
        user_id: &str,
        lifetime: Duration,
        now: Stamp,
    ) -> Result<SignInToken, Refusal> {
        self.user(user_id)?;
        let id = id::object("sit", now);
        let expires_at = now.plus(lifetime);
        // UNVERIFIED: the claims of a real ticket. It is to be treated as opaque.
        let mut claims = Map::new();
        claims.insert("exp".to_owned(), json!(expires_at.seconds()));
        claims.insert("iid".to_owned(), json!(self.settings.id));
        claims.insert("sid".to_owned(), json!(id));
        claims.insert("st".to_owned(), json!("sign_in_token"));
        let token = Unsigned::new(self.keys.current(), None, claims).sign()?;
        let ticket = SignInToken {
            id: id.clone(),
            user_id: user_id.to_owned(),
            status: TicketStatus::Pending,
            token,
            expires_at,
            created_at: now,
            updated_at: now,
        };
        self.sign_in_tokens.insert(id, ticket.clone());
        Ok(ticket)
    }

    pub(crate) fn revoke_sign_in_token(&mut self, id: &str, now: Stamp) -> Result<&SignInToken, Refusal> {
        let ticket = self
            .sign_in_tokens
            .get_mut(id)
            .ok_or_else(|| Refusal::not_found("sign in token", id))?;
        if ticket.status != TicketStatus::Pending {
            return Err(Refusal::new(
                400,
                "sign_in_token_cannot_be_revoked_code",
                "cannot revoke",
                format!(
                    "Sign in token cannot be revoked because its status is {}. Only pending tokens can be revoked.",
                    ticket.status.name()
                ),
            ));
        }
        ticket.status = TicketStatus::Revoked;
        ticket.updated_at = now;
        Ok(ticket)
    }
}
