//! Who is calling: from one credential to a proven caller.

mod bearer;
mod caller;
mod clerk_key;
mod credential;
mod credential_id;
mod error;
mod leaked_secret;
mod machine;
mod role;
mod service_key;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use clerk::{BackendApi, Error, FrontendApi, KeySet, TokenClass, Verifier};
use freshness::Clock;
use http::HeaderMap;

pub(crate) use self::bearer::verifier;
pub(crate) use self::caller::{Caller, Proof};
pub(crate) use self::clerk_key::ClerkKeyFault;
pub(crate) use self::credential_id::CredentialId;
pub(crate) use self::error::{AuthError, Obstacle, Refusal};

use self::credential::Credential;
use self::machine::Machines;
use self::role::Roles;
use self::service_key::ServiceKeys;
use crate::config::{Config, RoleSource, ServiceKeyConfig};
use crate::metrics::RoleMetrics;

/// How long a readiness probe waits for keys that are not known yet.
const KEYS_PATIENCE: Duration = Duration::from_secs(1);

/// Proves callers.
#[derive(Debug)]
pub(crate) struct Authenticator {
    verifier: Verifier,
    /// Shares its key with all that asks Clerk.
    api: BackendApi,
    /// The instance whose tokens are accepted.
    issuer: FrontendApi,
    /// `None` where the token's claim is believed.
    roles: Option<Roles>,
    machines: Machines,
    keys: ArcSwap<ServiceKeys>,
    clock: Arc<dyn Clock>,
}

impl Authenticator {
    /// What the configuration describes. Sends no request yet.
    ///
    /// # Errors
    /// Where no HTTP client can be made.
    pub(crate) fn build(
        config: &Config,
        metrics: &RoleMetrics,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let clerk = &config.clerk;
        let api = BackendApi::builder(clerk.secret_key.clone())
            .with_base_url(clerk.api_url.clone())
            .with_timeout(clerk.timeout)
            .build()?;
        let issuer = FrontendApi::builder(clerk.issuer.clone())
            .with_timeout(clerk.timeout)
            .build()?;
        Ok(Self {
            issuer,
            verifier: bearer::verifier(
                clerk,
                !config.machines.accepted.is_empty(),
                config.http.concurrency,
                &api,
                clock,
            ),
            roles: (config.roles.source == RoleSource::Lookup).then(|| {
                Roles::new(
                    api.clone(),
                    config.roles,
                    clerk.timeout,
                    metrics.clone(),
                    Arc::clone(clock),
                )
            }),
            api,
            machines: Machines::new(&config.machines),
            keys: ArcSwap::from_pointee(ServiceKeys::new(&config.service_keys)),
            clock: Arc::clone(clock),
        })
    }

    /// Proves the caller of a request.
    ///
    /// # Errors
    /// [`AuthError`]: the credential is wrong, or that cannot be decided now.
    pub(crate) async fn authenticate(&self, headers: &HeaderMap) -> Result<Caller, AuthError> {
        match Credential::of(headers)? {
            Credential::Key(key) => {
                let keys = self.keys.load();
                keys.authenticate(key, self.clock.now().wall.into())
            }
            Credential::Token(token) => {
                let text = token;
                let token = bearer::verify(&self.verifier, text).await?;
                let credential = CredentialId::of_token(text, &token);
                let proof = match token.class {
                    TokenClass::Session => Proof::SessionToken,
                    TokenClass::Template => Proof::TemplateToken,
                    TokenClass::Machine => return self.machines.admit(&token, credential),
                };
                let claimed_role = bearer::claimed_role(&token);
                let subject: Arc<str> = token.subject.into();
                let role = match &self.roles {
                    Some(roles) => roles.of(&subject).await?,
                    None => claimed_role,
                };
                Ok(Caller {
                    subject,
                    role,
                    proof,
                    credential,
                })
            }
        }
    }

    /// Lets in these service keys and no others from now on.
    pub(crate) fn replace_service_keys(&self, keys: &[ServiceKeyConfig]) {
        self.keys.store(Arc::new(ServiceKeys::new(keys)));
    }

    /// The keys that tokens are verified with.
    pub(crate) fn keys(&self) -> &KeySet {
        self.verifier.keys()
    }

    /// Fetches the keys before the first token arrives. A failure is no reason not to start: it is tried again when
    /// a token does arrive, and the readiness probe says so.
    pub(crate) async fn warm(&self) {
        if let Err(error) = self.verifier.keys().warm().await {
            let cause = error.source.as_ref();
            tracing::warn!(
                reason = bearer::no_keys(cause).name(),
                error = %error,
                cause = cause.map(tracing::field::display),
                "no keys yet"
            );
        }
    }

    /// Whether the keys to verify tokens with are known. Asks for them where they are not, so that a server that
    /// started before Clerk could be reached becomes ready without a caller.
    pub(crate) async fn keys_are_known(&self) -> bool {
        let keys = self.verifier.keys();
        keys.is_ready() || matches!(tokio::time::timeout(KEYS_PATIENCE, keys.warm()).await, Ok(Ok(())))
    }
}
