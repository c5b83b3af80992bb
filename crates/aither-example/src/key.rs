//! The key that callers send.

use aither_client::SecretString;
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;

/// The variable that it is read from.
pub(crate) const NAME: &str = "AITHER_EXAMPLE_KEY";

/// The key that callers of this service send in `X-API-Key`.
#[derive(Clone, Debug)]
pub struct LocalKey(SecretString);

/// There is no key, or none that is hard to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{NAME} must be set to 16 to 256 visible ASCII characters: take the output of `openssl rand -hex 32`"
)]
pub struct InvalidKey;

impl LocalKey {
    /// Checks a key: 16 to 256 visible characters of ASCII.
    ///
    /// # Errors
    /// [`InvalidKey`]
    pub fn new(key: impl Into<SecretString>) -> Result<Self, InvalidKey> {
        let key = key.into();
        let text = key.expose_secret();
        let is_valid = (16..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_valid.then_some(Self(key)).ok_or(InvalidKey)
    }

    /// The key in `AITHER_EXAMPLE_KEY`. It is no argument: other users of a machine see those.
    ///
    /// # Errors
    /// [`InvalidKey`]
    pub fn from_environment() -> Result<Self, InvalidKey> {
        Self::new(std::env::var(NAME).map_err(|_| InvalidKey)?)
    }

    /// Whether this was sent.
    pub(crate) fn matches(&self, sent: &[u8]) -> bool {
        // A comparison that ends at the first difference would say how much of a guess is right.
        self.0.expose_secret().as_bytes().ct_eq(sent).into()
    }
}
