//! A source of the tokens that the in-memory Hemera accepts.

use std::fmt;
use std::sync::Arc;

use hemera_types::Role;
use secrecy::SecretString;

use super::credentials::subject_of;
use super::state::HemeraState;
use crate::token::{Token, TokenError, TokenFuture, TokenSource};

/// Bearer tokens of an [`InMemoryHemera`](super::InMemoryHemera): each is accepted for its lifetime, by the clock of that
/// Hemera, and then answered with 401.
#[derive(Clone)]
pub struct InMemoryTokens {
    hemera: Arc<HemeraState>,
    role: Role,
}

impl InMemoryTokens {
    pub(super) fn new(hemera: Arc<HemeraState>, role: Role) -> Self {
        Self { hemera, role }
    }

    /// The caller whom they prove, as the usage names it.
    pub fn subject(&self) -> String {
        subject_of(self.role)
    }
}

impl TokenSource for InMemoryTokens {
    fn token(&self) -> TokenFuture<'_> {
        let (text, lifetime) = self.hemera.credentials.issue(self.role, self.hemera.clock.now());
        let token = Token::bearer(&SecretString::from(text), lifetime).map_err(TokenError::permanent);
        Box::pin(std::future::ready(token))
    }
}

impl fmt::Debug for InMemoryTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemoryTokens")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}
