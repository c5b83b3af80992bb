//! The publishable key: not a secret, it only names the Frontend API of an instance.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use crate::secret_key::Instance;
use network::is_loopback;

/// A publishable key (`pk_test_…` or `pk_live_…`): the base64 of the Frontend API's host and a `$`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishableKey {
    instance: Instance,
    frontend: Url,
}

/// The text is not a publishable key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a Clerk publishable key: it is pk_test_ or pk_live_ and the base64 of a host; copy it from Clerk's dashboard, API keys"
)]
pub struct InvalidPublishableKey;

impl PublishableKey {
    /// Reads a key as Clerk's dashboard shows it.
    pub fn parse(text: &str) -> Result<Self, InvalidPublishableKey> {
        let (instance, encoded) = if let Some(rest) = text.strip_prefix("pk_test_") {
            (Instance::Development, rest)
        } else if let Some(rest) = text.strip_prefix("pk_live_") {
            (Instance::Production, rest)
        } else {
            return Err(InvalidPublishableKey);
        };
        let decoded = STANDARD.decode(encoded).map_err(|_| InvalidPublishableKey)?;
        let decoded = String::from_utf8(decoded).map_err(|_| InvalidPublishableKey)?;
        let host = decoded.strip_suffix('$').ok_or(InvalidPublishableKey)?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
        if !host.contains('.') || !host.bytes().all(allowed) {
            return Err(InvalidPublishableKey);
        }
        let mut frontend = Url::parse(&format!("https://{host}")).map_err(|_| InvalidPublishableKey)?;
        if is_loopback(&frontend) {
            // A local emulator speaks plain HTTP; `http` and `https` are both special schemes, so this succeeds.
            frontend.set_scheme("http").map_err(|()| InvalidPublishableKey)?;
        }
        Ok(Self { instance, frontend })
    }

    /// Which kind of instance the key names.
    pub fn instance(&self) -> Instance {
        self.instance
    }

    /// The base of the Frontend API, which is also the issuer of the instance's tokens.
    pub fn frontend(&self) -> &Url {
        &self.frontend
    }
}
