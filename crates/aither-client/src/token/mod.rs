//! Tokens: the credentials that are sent, their sources and their cache.

mod cache;
mod clerk;
mod enrolled;
mod error;
mod file_session_store;
mod machine;
mod private_file;
mod service_key;
mod source;
mod source_spec;
mod store;
mod time;
mod unavailable;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hemera_types::header::X_API_KEY;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use ::clerk::MintedToken;
pub use cache::TokenCache;
pub use clerk::ClerkServiceUser;
pub(crate) use clerk::REQUIRED_CLAIMS;
pub use enrolled::{EnrolledSession, Enrolment};
pub use error::TokenError;
pub use file_session_store::FileSessionStore;
pub use machine::ClerkMachine;
pub use service_key::StaticServiceKey;
pub use source::{SignOutFuture, TokenFuture, TokenSource};
pub(crate) use source_spec::{SharedStore, SourceSpec};
#[cfg(feature = "redis")]
pub use store::{InvalidRedisUrl, RedisTokenStore};
pub use store::{
    InvalidStoreKey, MemoryTokenStore, SealedEntry, SharedTokens, StoreError, StoreFuture, StoreKey,
    StoreKeys, TokenStore,
};
pub(crate) use time::Time;
pub use unavailable::TokenUnavailable;

/// The scheme in front of a JWT in its header.
const BEARER: &str = "Bearer ";

/// A credential that Hemera accepts, ready to be sent.
///
/// Cheap to clone. It never prints: `Debug` shows only the header's name and the lifetime, and there is no `Display`.
#[derive(Clone)]
pub struct Token(Arc<Credential>);

/// Behind one pointer: a token is copied for every call.
struct Credential {
    name: HeaderName,
    value: HeaderValue,
    lifetime: Option<Duration>,
    is_from_store: bool,
}

/// A credential is empty or has a character that no header may carry, such as a line break. The error never repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the credential is empty or has characters that no HTTP header may carry; copy it again, without line breaks"
)]
pub struct InvalidToken;

impl Token {
    /// A JWT, sent as `Authorization: Bearer`.
    ///
    /// `lifetime` is `exp − iat`, counted from before the token was requested. It is a duration, so that a wrong clock on
    /// either side does not matter.
    pub fn bearer(jwt: &SecretString, lifetime: Duration) -> Result<Self, InvalidToken> {
        Self::jwt_for(jwt, lifetime, false)
    }

    /// A JWT that another process may have minted.
    fn from_store(jwt: &SecretString, lifetime: Duration) -> Result<Self, InvalidToken> {
        Self::jwt_for(jwt, lifetime, true)
    }

    fn jwt_for(jwt: &SecretString, lifetime: Duration, is_from_store: bool) -> Result<Self, InvalidToken> {
        let text = SecretString::from(format!("{BEARER}{}", checked(jwt)?));
        Ok(Self(Arc::new(Credential {
            name: AUTHORIZATION,
            value: sensitive(&text)?,
            lifetime: Some(lifetime),
            is_from_store,
        })))
    }

    /// A token that Clerk has just minted.
    fn minted(minted: &MintedToken) -> Result<Self, TokenError> {
        Self::bearer(&minted.jwt, minted.lifetime).map_err(TokenError::permanent)
    }

    /// A static service key, sent as `X-API-Key`. It does not expire.
    pub fn service_key(key: &SecretString) -> Result<Self, InvalidToken> {
        checked(key)?;
        Ok(Self(Arc::new(Credential {
            name: X_API_KEY,
            value: sensitive(key)?,
            lifetime: None,
            is_from_store: false,
        })))
    }

    /// How long the token is valid, counted from before it was requested. `None`: it does not expire.
    pub fn lifetime(&self) -> Option<Duration> {
        self.0.lifetime
    }

    /// Whether it is a JWT; otherwise it is a service key.
    pub fn is_bearer(&self) -> bool {
        self.0.name == AUTHORIZATION
    }

    /// The credential itself, without the scheme in front of it: to show it to a person who has asked for it. Keep it out of
    /// logs and files.
    pub fn expose(&self) -> SecretString {
        let value = self.0.value.to_str().unwrap_or_default();
        SecretString::from(value.strip_prefix(BEARER).unwrap_or(value))
    }

    /// Whether it was taken from a store that processes share.
    fn is_from_store(&self) -> bool {
        self.0.is_from_store
    }

    pub(crate) fn header(&self) -> (HeaderName, HeaderValue) {
        (self.0.name.clone(), self.0.value.clone())
    }

    /// The JWT, if the credential is one.
    fn jwt(&self) -> Option<&str> {
        self.is_bearer()
            .then(|| self.0.value.to_str().ok()?.strip_prefix(BEARER))
            .flatten()
    }

    /// Whether both send the same header.
    pub(crate) fn is_same_credential(&self, other: &Self) -> bool {
        self.0.name == other.0.name && self.0.value == other.0.value
    }
}

/// A header value may contain blanks, a credential may not.
fn checked(secret: &SecretString) -> Result<&str, InvalidToken> {
    let text = secret.expose_secret();
    let visible = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    visible.then_some(text).ok_or(InvalidToken)
}

fn sensitive(text: &SecretString) -> Result<HeaderValue, InvalidToken> {
    let mut value = HeaderValue::from_str(text.expose_secret()).map_err(|_| InvalidToken)?;
    value.set_sensitive(true);
    Ok(value)
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("header", &self.0.name.as_str())
            .field("lifetime", &self.0.lifetime)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_credential_has_its_own_header() {
        let key = SecretString::from("hk_live_1");
        let (name, value) = Token::service_key(&key).unwrap().header();
        assert_eq!(
            (name.as_str(), value.to_str().unwrap()),
            ("x-api-key", "hk_live_1")
        );
        let jwt = SecretString::from("a.b.c");
        let (name, value) = Token::bearer(&jwt, Duration::from_mins(1)).unwrap().header();
        assert_eq!(
            (name.as_str(), value.to_str().unwrap()),
            ("authorization", "Bearer a.b.c")
        );
    }

    #[test]
    fn invalid_header_characters_are_refused_without_repeating_them() {
        for text in ["", "a b", "line\nbreak", "tab\t", "ümlaut", "nul\0"] {
            let secret = SecretString::from(text);
            assert_eq!(Token::service_key(&secret).unwrap_err(), InvalidToken, "{text:?}");
            assert_eq!(
                Token::bearer(&secret, Duration::ZERO).unwrap_err(),
                InvalidToken,
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_credential_is_exposed_as_it_was_given() {
        let (jwt, key) = (SecretString::from("a.b.c"), SecretString::from("hk_live_1"));
        let token = Token::bearer(&jwt, Duration::from_mins(1)).unwrap();
        assert_eq!(
            (token.is_bearer(), token.expose().expose_secret()),
            (true, "a.b.c")
        );
        let token = Token::service_key(&key).unwrap();
        assert_eq!(
            (token.is_bearer(), token.expose().expose_secret()),
            (false, "hk_live_1")
        );
    }

    #[test]
    fn a_token_does_not_print() {
        let token = Token::bearer(&SecretString::from("s3cret"), Duration::from_mins(1)).unwrap();
        let shown = format!("{token:?} {:?}", token.header());
        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(shown.contains("authorization"), "{shown}");
    }
}
