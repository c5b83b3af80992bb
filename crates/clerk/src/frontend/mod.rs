//! The Frontend API (`https://clerk.<domain>` or `https://<slug>.clerk.accounts.dev`): where tickets become sessions,
//! and where the holder of a session mints from it. It never sees the secret key.

mod client_session;
mod client_token;
mod environment;
mod mint;
mod mode;
mod sign_in;

use std::sync::Arc;
use std::time::Duration;

use network::Network;
use url::Url;

pub use self::client_session::{ClientSession, InvalidClientSession};
pub use self::client_token::ClientToken;
pub use self::environment::Environment;
pub use self::mint::ClientMint;
pub use self::mode::{Origin, SignInMode};
pub use self::sign_in::SignedIn;
use crate::error::Error;
use crate::jwk_set::JwkSet;
use crate::operation::ClerkOperation;
use crate::transport::{DEFAULT_TIMEOUT, MAX_KEY_SET, Request, Transport};

/// A client of an instance's Frontend API. Cloning is cheap and shares connections.
#[derive(Clone, Debug)]
pub struct FrontendApi(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    transport: Transport,
    mode: SignInMode,
}

/// What a [`FrontendApi`] is made of.
#[derive(Clone, Debug)]
pub struct FrontendApiBuilder {
    base_url: Url,
    timeout: Duration,
    network: Network,
    mode: SignInMode,
}

impl FrontendApi {
    /// Starts with native mode and a deadline of ten seconds for each call. The base URL is the issuer of the
    /// instance's tokens.
    pub fn builder(base_url: Url) -> FrontendApiBuilder {
        FrontendApiBuilder {
            base_url,
            timeout: DEFAULT_TIMEOUT,
            network: Network::default(),
            mode: SignInMode::default(),
        }
    }

    /// The public keys of the instance's tokens, as published without a credential.
    pub async fn jwks(&self) -> Result<JwkSet, Error> {
        let request = Request::get(ClerkOperation::ReadKeySet, &[".well-known", "jwks.json"]);
        self.0.transport.json(request.with_max_answer(MAX_KEY_SET)).await
    }
}

impl FrontendApiBuilder {
    /// How requests leave this machine: by default as `HTTPS_PROXY` and its like say.
    #[must_use]
    pub fn with_network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// How long one call may take as a whole, from the connection to the last byte of the answer.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How to sign in.
    #[must_use]
    pub fn with_mode(mut self, mode: SignInMode) -> Self {
        self.mode = mode;
        self
    }

    /// Fails with [`ErrorKind::Setting`](crate::ErrorKind::Setting) where the base URL or the machine's TLS set-up
    /// cannot be used.
    pub fn build(self) -> Result<FrontendApi, Error> {
        let transport = Transport::new(
            ClerkOperation::UseFrontendApi,
            self.base_url,
            self.timeout,
            &self.network,
            None,
        )?;
        Ok(FrontendApi(Arc::new(Inner {
            transport,
            mode: self.mode,
        })))
    }
}
