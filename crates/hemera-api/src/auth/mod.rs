//! Who is calling: from one credential to a proven caller.

mod bearer;
mod caller;
mod credential;
mod role;
mod service_key;

use std::sync::Arc;
use std::time::Duration;

use clerk::{BackendApi, Error, Verifier};
use freshness::Clock;
use http::HeaderMap;

pub use self::caller::{Caller, Proof};

use self::credential::Credential;
use self::role::Roles;
use self::service_key::ServiceKeys;
use crate::config::Config;
use crate::error::ApiError;

/// How long a readiness probe waits for keys that are not known yet.
const KEYS_PATIENCE: Duration = Duration::from_secs(1);

/// Proves callers.
#[derive(Debug)]
pub(crate) struct Authenticator {
    verifier: Verifier,
    roles: Roles,
    keys: ServiceKeys,
}

impl Authenticator {
    /// What the configuration describes. Asks nobody for anything yet.
    ///
    /// # Errors
    /// Where no HTTP client can be made.
    pub(crate) fn build(config: &Config, clock: &Arc<dyn Clock>) -> Result<Self, Error> {
        let clerk = &config.clerk;
        let api = BackendApi::builder(clerk.secret_key.clone())
            .with_base_url(clerk.api_url.clone())
            .with_timeout(clerk.timeout)
            .build()?;
        Ok(Self {
            verifier: bearer::verifier(clerk, &api, clock),
            roles: Roles::new(api, config.roles, clerk.timeout, Arc::clone(clock)),
            keys: ServiceKeys::new(&config.service_keys),
        })
    }

    /// Proves the caller of a request.
    ///
    /// # Errors
    /// 401 with one identical body for whatever is wrong with the credential; 503 where that cannot be told.
    pub(crate) async fn authenticate(&self, headers: &HeaderMap) -> Result<Caller, ApiError> {
        match Credential::of(headers)? {
            Credential::Key(key) => self.keys.authenticate(key),
            Credential::Token(token) => {
                let (subject, proof) = bearer::authenticate(&self.verifier, token).await?;
                let role = self.roles.of(&subject).await?;
                Ok(Caller { subject, role, proof })
            }
        }
    }

    /// Fetches the keys before the first token arrives. A failure is no reason not to start: it is tried again when
    /// a token does arrive, and the readiness probe tells.
    pub(crate) async fn warm(&self) {
        if let Err(error) = self.verifier.keys().warm().await {
            tracing::warn!(error = %error, cause = error.source.as_ref().map(tracing::field::display), "no keys yet");
        }
    }

    /// Whether the keys to verify tokens with are known. Asks for them where they are not, so that a server that
    /// started before Clerk could be reached becomes ready without a caller.
    pub(crate) async fn keys_are_known(&self) -> bool {
        let keys = self.verifier.keys();
        keys.is_ready() || matches!(tokio::time::timeout(KEYS_PATIENCE, keys.warm()).await, Ok(Ok(())))
    }
}
