//! How an operator's command reaches Clerk, and how it verifies tokens.

use std::sync::Arc;

use clerk::{
    BackendApi, Error, FrontendApi, Instance, Origin, SignInMode, TokenClass, VerifiedToken, Verifier,
    VerifyError,
};
use freshness::Clock;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::auth;
use crate::config::ClerkConfig;

/// The clients with which an operator's command reaches Clerk, and the server's own check of tokens.
#[derive(Clone, Debug)]
pub struct ClerkConnection {
    /// The Backend API, with the secret key.
    pub api: BackendApi,
    /// The Frontend API, which turns tickets into sessions.
    pub(super) frontend: FrontendApi,
    /// Verifies tokens by the server's configuration.
    pub(super) verifier: Verifier,
}

impl ClerkConnection {
    /// Made from the server's configuration; sends no request yet. With `origin`, sign-ins are made like those of a
    /// browser page of that origin if the instance's Native API is switched off.
    ///
    /// # Errors
    /// If no HTTP client can be made, or `origin` is not a valid origin.
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
        let verifier = auth::verifier(config, false, 1, &api, clock);
        Ok(Self {
            api,
            frontend,
            verifier,
        })
    }

    /// The same connection for a server that accepts session tokens besides.
    pub(crate) fn accepting_sessions(&self, config: &ClerkConfig, clock: &Arc<dyn Clock>) -> Self {
        let mut config = config.clone();
        config.tokens.classes.insert(TokenClass::Session);
        Self {
            verifier: auth::verifier(&config, false, 1, &self.api, clock),
            ..self.clone()
        }
    }

    /// The same connection, which has read no keys yet: it verifies a token under a key of this moment, too. One that has
    /// read them asks for an unknown key only when `tokens.keys_window` has passed.
    pub(crate) fn with_unread_keys(&self, config: &ClerkConfig, clock: &Arc<dyn Clock>) -> Self {
        Self {
            verifier: auth::verifier(config, false, 1, &self.api, clock),
            ..self.clone()
        }
    }

    /// A token as the server verifies it.
    ///
    /// # Errors
    /// If the server would not accept it, or there are no keys to verify it with.
    pub(crate) async fn verify(&self, jwt: &SecretString) -> Result<VerifiedToken, VerifyError> {
        self.verifier.verify(jwt.expose_secret()).await
    }

    /// The kind of instance that the secret key belongs to, as a word.
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
