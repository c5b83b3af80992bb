//! Clerk as an operator with the secret key reaches it, and the server's own check of tokens.

use std::sync::Arc;

use clerk::{BackendApi, Error, FrontendApi, Instance, Origin, SignInMode, Verifier};
use freshness::Clock;
use url::Url;

use crate::auth;
use crate::config::ClerkConfig;

/// Clerk as an operator with the secret key reaches it.
#[derive(Clone, Debug)]
pub struct Connection {
    /// What the secret key may do.
    pub api: BackendApi,
    /// Where tickets become sessions.
    pub(super) frontend: FrontendApi,
    /// Verifies tokens by the server's configuration.
    pub(super) verifier: Verifier,
}

impl Connection {
    /// By the server's configuration. Asks nobody for anything yet. With `origin`, sign-ins are made as by a browser
    /// page of that origin where the instance's Native API is switched off.
    ///
    /// # Errors
    /// Where no HTTP client can be made, or `origin` is none.
    pub fn new(config: &ClerkConfig, origin: Option<&Url>, clock: &Arc<dyn Clock>) -> Result<Self, Error> {
        let api = BackendApi::builder(config.secret_key.clone())
            .with_base_url(config.api_url.clone())
            .with_timeout(config.timeout)
            .build()?;
        let mode = match origin {
            Some(origin) => SignInMode::NativeThenBrowser(Origin::try_new(origin)?),
            None => SignInMode::Native,
        };
        let frontend = FrontendApi::builder(config.issuer.clone())
            .with_timeout(config.timeout)
            .with_mode(mode)
            .build()?;
        let verifier = auth::verifier(config, false, &api, clock);
        Ok(Self {
            api,
            frontend,
            verifier,
        })
    }

    /// Which kind of instance the secret key opens, as a word.
    pub fn kind(&self) -> &'static str {
        match self.api.instance() {
            Instance::Development => "development",
            Instance::Production => "production",
        }
    }

    /// Whether real users depend on the instance.
    pub fn is_production(&self) -> bool {
        self.api.instance() == Instance::Production
    }
}
