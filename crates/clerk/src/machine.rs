//! A machine of the instance, which makes its own tokens with a key that can do nothing else.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::backend::default_base_url;
use crate::error::{Error, ErrorKind};
use crate::minted::MintedToken;
use crate::operation::ClerkOperation;
use crate::transport::{DEFAULT_TIMEOUT, Request, Transport};

const OPERATION: ClerkOperation = ClerkOperation::MintMachineToken;

/// Longer than any key that Clerk hands out.
const MAX_LENGTH: usize = 255;

/// As long as template tokens live here. JWTs of machines cannot be revoked, so it is the bound of what a stolen one
/// is good for.
const DEFAULT_LIFETIME: Duration = Duration::from_mins(15);

/// The secret key of one machine (`ak_…`). It neither prints nor serializes.
#[derive(Clone)]
pub struct MachineKey(SecretString);

/// Why a text is not a machine's secret key. Never carries the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMachineKey {
    /// Nothing was given.
    #[error("the machine's secret key is empty: copy it from Clerk's dashboard, Machines")]
    Empty,
    /// The instance's own key was given: a machine must not have it.
    #[error(
        "that is the instance's secret key (sk_…), which a machine must not have: its own begins with ak_"
    )]
    Instance,
    /// Something else was given, or nothing follows the prefix.
    #[error("not a machine's secret key: it begins with ak_ and goes on from there")]
    Prefix,
    /// White space or other characters that no key has, or more than 255 of them.
    #[error(
        "the machine's secret key has characters that no key has: copy it again, as one line without blanks"
    )]
    Characters,
}

/// Mints the tokens of one machine. Cloning is cheap and shares connections.
///
/// Its tokens are JWTs and always expire; Clerk can revoke none of them before that.
#[derive(Clone, Debug)]
pub struct Machine(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    transport: Transport,
    lifetime: Duration,
}

/// What a [`Machine`] is made of.
#[derive(Clone, Debug)]
pub struct MachineBuilder {
    key: MachineKey,
    base_url: Option<Url>,
    timeout: Duration,
    lifetime: Duration,
}

#[derive(Serialize)]
struct NewToken {
    token_format: &'static str,
    seconds_until_expiration: u64,
}

#[derive(Deserialize)]
struct Created {
    token: String,
}

impl MachineKey {
    /// Reads a key as Clerk's dashboard shows it.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidMachineKey> {
        let text = text.into();
        match text.strip_prefix("ak_") {
            _ if text.is_empty() => Err(InvalidMachineKey::Empty),
            _ if text.starts_with("sk_") => Err(InvalidMachineKey::Instance),
            None | Some("") => Err(InvalidMachineKey::Prefix),
            Some(_) if text.len() > MAX_LENGTH || !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Err(InvalidMachineKey::Characters)
            }
            Some(_) => Ok(Self(text.into())),
        }
    }

    /// The `Authorization` header, marked so that HTTP layers do not print it either.
    fn authorization(&self) -> HeaderValue {
        // `parse` admitted visible ASCII only, which every header value may hold.
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.0.expose_secret()))
            .unwrap_or_else(|_| HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }
}

impl fmt::Debug for MachineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MachineKey(…)")
    }
}

impl Machine {
    /// Starts with Clerk's own address, a deadline of ten seconds for each call, and tokens of fifteen minutes.
    pub fn builder(key: MachineKey) -> MachineBuilder {
        MachineBuilder {
            key,
            base_url: None,
            timeout: DEFAULT_TIMEOUT,
            lifetime: DEFAULT_LIFETIME,
        }
    }

    /// Mints a JWT of this machine.
    pub async fn mint(&self) -> Result<MintedToken, Error> {
        let body = NewToken {
            token_format: "jwt",
            // Always sent: Clerk's documents contradict each other about the lifetime of a token without it.
            seconds_until_expiration: self.0.lifetime.as_secs().max(1),
        };
        // Without /v1, as Clerk's own SDK calls it.
        let request = Request::post(OPERATION, &["m2m_tokens"]).with_json(&body);
        let Created { token } = self.0.transport.json(request).await?;
        MintedToken::read(OPERATION, token)
    }
}

impl MachineBuilder {
    /// Another address than `https://api.clerk.com`. The key is sent there; anything but https is refused, loopback
    /// excepted.
    #[must_use]
    pub fn with_base_url(mut self, base_url: Url) -> Self {
        self.base_url = Some(base_url);
        self
    }

    /// How long one call may take as a whole, from the connection to the last byte of the answer.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long each token lives, in whole seconds, at least one.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Fails with [`ErrorKind::Setting`] where the base URL or the machine's TLS set-up cannot be used.
    pub fn build(self) -> Result<Machine, Error> {
        let base_url = match self.base_url {
            Some(url) => url,
            None => default_base_url()
                .map_err(|error| Error::new(OPERATION, ErrorKind::Setting).with_source(error))?,
        };
        let transport = Transport::new(OPERATION, base_url, self.timeout, Some(self.key.authorization()))?;
        Ok(Machine(Arc::new(Inner {
            transport,
            lifetime: self.lifetime,
        })))
    }
}
