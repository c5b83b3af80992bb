//! A static service key, for when Clerk cannot be used.

use std::fmt;

use secrecy::SecretString;

use super::{InvalidToken, Token, TokenFuture, TokenSource};

/// A service key from Hemera's operators, sent as `X-API-Key`.
///
/// It does not expire and cannot be renewed: a 401 means that Hemera no longer accepts it, and ends the call immediately.
#[derive(Clone)]
pub struct StaticServiceKey(Token);

impl StaticServiceKey {
    /// A source of this key. Fails if the key contains characters that no HTTP header may carry.
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
