//! A static service key: the way back when Clerk cannot be used.

use std::fmt;

use secrecy::SecretString;

use super::{InvalidToken, Token, TokenFuture, TokenSource};

/// A service key that Hemera's operators handed over, sent as `X-API-Key`.
///
/// It neither expires nor renews itself: a 401 means that Hemera no longer knows it, and ends the
/// call at once.
#[derive(Clone)]
pub struct StaticServiceKey(Token);

impl StaticServiceKey {
    /// Takes a key. Refused where no header could carry it.
    pub fn parse(key: impl Into<SecretString>) -> Result<Self, InvalidToken> {
        Token::service_key(&key.into()).map(Self)
    }
}

impl TokenSource for StaticServiceKey {
    fn token(&self) -> TokenFuture<'_> {
        let token = self.0.clone();
        Box::pin(async move { Ok(token) })
    }
}

impl fmt::Debug for StaticServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StaticServiceKey")
    }
}
