//! Machines with tokens of their own (M2M): which of them, and whether the token is meant for us.
//!
//! Verifying such a token does not show for whom it was made: Clerk leaves that to the receiver. So the token must
//! name our own machine, in `scopes` or, where it has none, in `aud`. The role is the configuration's: Clerk has
//! none for machines, so there is nothing to look up.

use std::collections::HashMap;
use std::sync::Arc;

use clerk::VerifiedToken;
use permissions::Role;
use serde_json::Value;

use super::error::{AuthError, Refusal};
use super::{Caller, CredentialId, Proof};
use crate::config::MachinesConfig;

/// The machines that may call.
#[derive(Debug)]
pub(super) struct Machines {
    own_id: String,
    /// By id: whether its tokens may name no receiver.
    accepted: HashMap<String, bool>,
}

/// Whom a token is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Receiver {
    /// Us, perhaps among others.
    Us,
    /// Others only, or no one.
    Others,
    /// The token does not say.
    Unsaid,
}

impl Machines {
    pub(super) fn new(config: &MachinesConfig) -> Self {
        let accepted = config.accepted.iter();
        Self {
            own_id: config.own_id.clone(),
            accepted: accepted
                .map(|machine| (machine.id.clone(), machine.allow_unscoped))
                .collect(),
        }
    }

    /// The caller with a machine's verified token.
    pub(super) fn admit(&self, token: &VerifiedToken, credential: CredentialId) -> Result<Caller, AuthError> {
        let refuse = |refusal: Refusal| Err(refusal.of_token());
        let Some(allow_unscoped) = self.accepted.get(&token.subject) else {
            return refuse(Refusal::UnknownMachine);
        };
        match self.receiver(token) {
            Receiver::Us => {}
            Receiver::Unsaid if *allow_unscoped => {}
            Receiver::Unsaid => return refuse(Refusal::MachineTokenUnscoped),
            Receiver::Others => return refuse(Refusal::MachineTokenForOthers),
        }
        Ok(Caller {
            subject: Arc::from(token.subject.as_str()),
            role: Role::ApiClient,
            proof: Proof::Machine,
            credential,
        })
    }

    /// `scopes` is a text with blanks between ids, `aud` a text or a list. Anything else names no one.
    fn receiver(&self, token: &VerifiedToken) -> Receiver {
        let claim = |name: &str| token.claims.get(name).filter(|value| !value.is_null());
        let names_us = match (claim("scopes"), claim("aud")) {
            (Some(scopes), _) => scopes
                .as_str()
                .is_some_and(|text| text.split(' ').any(|id| id == self.own_id)),
            (None, Some(Value::Array(ids))) => ids.iter().any(|id| *id == *self.own_id),
            (None, Some(aud)) => *aud == *self.own_id,
            (None, None) => return Receiver::Unsaid,
        };
        if names_us { Receiver::Us } else { Receiver::Others }
    }
}
