//! Signing in with a ticket at the Frontend API.

use std::time::Duration;

use super::World;
use super::sign_in_token::TicketStatus;
use crate::clock::Stamp;
use crate::id;
use crate::refusal::Refusal;

/// An attempt to sign in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SignIn {
    pub(crate) id: String,
    pub(crate) user_id: String,
    /// `None` where a second factor is still needed.
    pub(crate) created_session_id: Option<String>,
    /// When the ticket would have run out.
    pub(crate) ticket_expires_at: Stamp,
    pub(crate) abandon_at: Stamp,
}

/// An attempt that is not finished is abandoned after a day.
const ABANDONED_AFTER: Duration = Duration::from_hours(24);

impl World {
    /// Redeems `ticket` in `client_id`, or in a new client.
    ///
    /// A user with a second factor ends in an attempt without a session. UNVERIFIED: whether that uses the ticket
    /// up; here it does, since the first factor was passed.
    pub(crate) fn redeem_ticket(
        &mut self,
        ticket: &str,
        client_id: Option<&str>,
        now: Stamp,
    ) -> Result<(String, SignIn), Refusal> {
        let (ticket_id, user_id, expires_at) = self.usable_ticket(ticket, now)?;
        self.check_may_sign_in(&user_id)?;
        if let Some(client_id) = client_id
            && self.settings.single_session
            && let Some(session) = self
                .sessions_of_client(client_id)
                .iter()
                .find(|one| one.is_live_at(now))
        {
            let mut refusal = Refusal::new(
                400,
                "session_exists",
                "Session already exists",
                "You're currently in single session mode. You can only be signed into one account at a time.",
            );
            refusal
                .meta
                .insert("session_id".to_owned(), session.id.clone().into());
            return Err(refusal);
        }
        let client_id = client_id.map_or_else(|| self.create_client(now), str::to_owned);
        let needs_second_factor = self.user(&user_id)?.two_factor_enabled();
        let created_session_id =
            (!needs_second_factor).then(|| self.begin_session(&user_id, &client_id, now).id);
        if let Some(used) = self.sign_in_tokens.get_mut(&ticket_id) {
            used.status = TicketStatus::Accepted;
            used.updated_at = now;
        }
        let sign_in = SignIn {
            id: id::object("sia", now),
            user_id: user_id.clone(),
            created_session_id: created_session_id.clone(),
            ticket_expires_at: expires_at,
            abandon_at: now.plus(ABANDONED_AFTER),
        };
        if let Some(client) = self.clients.get_mut(&client_id) {
            client.sign_in = needs_second_factor.then(|| sign_in.clone());
            client.last_authentication_strategy = Some("ticket".to_owned());
            client.updated_at = now;
            if created_session_id.is_some() {
                client.last_active_session_id = created_session_id;
            }
        }
        if !needs_second_factor {
            let user = self.user_mut(&user_id)?;
            user.last_sign_in_at = Some(now);
            user.last_active_at = Some(now.day());
        }
        Ok((client_id, sign_in))
    }

    fn usable_ticket(&self, ticket: &str, now: Stamp) -> Result<(String, String, Stamp), Refusal> {
        let refuse =
            |code, message: &str| Err(Refusal::new(400, code, message, message).with_param("ticket"));
        let Some(found) = self.sign_in_tokens.values().find(|known| known.token == ticket) else {
            return refuse("ticket_invalid_code", "The ticket is invalid.");
        };
        match found.status {
            TicketStatus::Accepted => refuse(
                "sign_in_token_already_used_code",
                "This sign in token has already been used.",
            ),
            TicketStatus::Revoked => refuse(
                "sign_in_token_revoked_code",
                "This sign in token has been revoked.",
            ),
            TicketStatus::Pending if found.expires_at <= now => {
                refuse("ticket_expired_code", "The ticket has expired.")
            }
            TicketStatus::Pending => Ok((found.id.clone(), found.user_id.clone(), found.expires_at)),
        }
    }

    fn check_may_sign_in(&self, user_id: &str) -> Result<(), Refusal> {
        let user = self.user(user_id)?;
        if user.banned {
            let why = "This account has been banned.";
            return Err(Refusal::new(403, "user_banned", why, why));
        }
        if user.locked {
            let why = "Your account is locked. Please contact support.";
            return Err(Refusal::new(403, "user_locked", "Account locked", why));
        }
        Ok(())
    }
}
