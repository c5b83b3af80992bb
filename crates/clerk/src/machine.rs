//! A machine of the instance, which makes its own tokens with a key that can do nothing else.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use network::Network;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::bearer;
use crate::error::Error;
use crate::minted::MintedToken;
use crate::operation::ClerkOperation;
use crate::transport::{BackendConnection, Request, Transport};

const OPERATION: ClerkOperation = ClerkOperation::MintMachineToken;

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
    connection: BackendConnection,
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
            Some(_) if !bearer::is_plain(&text) => Err(InvalidMachineKey::Characters),
            Some(_) => Ok(Self(text.into())),
        }
    }

    fn authorization(&self) -> HeaderValue {
        bearer::authorization(&self.0)
    }
}

impl fmt::Debug for MachineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MachineKey(…)")
    }
}

impl Machine {
    /// How long each token lives, unless [`MachineBuilder::with_lifetime`] says otherwise.
    ///
    /// JWTs of machines cannot be revoked, so this bounds how long a stolen one can be used; and each counts towards what
    /// Clerk bills. With tokens of half an hour, one process stays below the 2,500 a month that are free.
    pub const DEFAULT_LIFETIME: Duration = Duration::from_mins(30);

    /// Starts with Clerk's own address, a deadline of ten seconds for each call, and tokens of thirty minutes.
    pub fn builder(key: MachineKey) -> MachineBuilder {
        MachineBuilder {
            key,
            connection: BackendConnection::default(),
            lifetime: Self::DEFAULT_LIFETIME,
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
        self.connection.base_url = Some(base_url);
        self
    }

    /// How requests leave this machine: by default as `HTTPS_PROXY` and its like say.
    #[must_use]
    pub fn with_network(mut self, network: Network) -> Self {
        self.connection.network = network;
        self
    }

    /// How long one call may take as a whole, from the connection to the last byte of the answer.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.connection.timeout = timeout;
        self
    }

    /// How long each token lives, in whole seconds, at least one; thirty minutes by default. Hemera refuses tokens that
    /// live longer than an hour, unless its operators have set another bound.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Fails with [`ErrorKind::Setting`](crate::ErrorKind::Setting) where the base URL or the machine's TLS set-up cannot be used.
    pub fn build(self) -> Result<Machine, Error> {
        let transport = self.connection.open(OPERATION, self.key.authorization())?;
        Ok(Machine(Arc::new(Inner {
            transport,
            lifetime: self.lifetime,
        })))
    }
}
