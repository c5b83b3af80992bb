//! The accounts of the emulator's default seed, and tokens for them.

use std::sync::Arc;

use aither_client::hemera_types::JWT_TEMPLATE;
use anyhow::Context;
use clerk::{BackendApi, FrontendApi, SecretKey, ServiceUser, TokenKind, UserFilter, UserRef};
use freshness::{Clock, SystemClock};
use secrecy::ExposeSecret;
use url::Url;

use crate::failure::Failure;
use crate::stack::Stack;

/// The service user.
pub(crate) const SERVICE: &str = "aither-service@hemera-academy.com";

/// Clerk, as an operator with the secret key sees it.
#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    backend: BackendApi,
    frontend: FrontendApi,
}

impl Accounts {
    /// The accounts of the stack's emulator.
    pub(crate) fn of(stack: &Stack) -> anyhow::Result<Self> {
        Self::at(&stack.clerk_url, stack.instance.secret_key())
    }

    /// The accounts of a Clerk elsewhere, or with another key.
    pub(crate) fn at(clerk_url: &Url, secret_key: &str) -> anyhow::Result<Self> {
        let key = SecretKey::parse(secret_key)?;
        let backend = BackendApi::builder(key)
            .with_base_url(clerk_url.clone())
            .build()?;
        let frontend = FrontendApi::builder(clerk_url.clone()).build()?;
        Ok(Self { backend, frontend })
    }

    /// The Backend API of the instance.
    pub(crate) fn backend(&self) -> &BackendApi {
        &self.backend
    }

    /// The one user with this role in the public metadata.
    pub(crate) async fn with_role(&self, role: &str) -> Result<String, Failure> {
        let users = self
            .backend
            .users()
            .list(UserFilter::default())
            .await
            .map_err(anyhow::Error::from)?;
        let found = users
            .into_iter()
            .find(|user| user.public_metadata.get("role").is_some_and(|is| is == role));
        Ok(found.with_context(|| format!("no user has the role {role}"))?.id)
    }

    /// A source of tokens for the user of this address or id.
    pub(crate) fn sign_in(&self, user: impl Into<UserRef>) -> ServiceUser {
        self.sign_in_on(Arc::new(SystemClock), user)
    }

    /// The same, with its sign-ins spaced on this clock.
    pub(crate) fn sign_in_on(&self, clock: Arc<dyn Clock>, user: impl Into<UserRef>) -> ServiceUser {
        ServiceUser::builder(self.backend.clone(), self.frontend.clone(), user)
            .with_token(TokenKind::Template(JWT_TEMPLATE.to_owned()))
            .with_clock(clock)
            .build()
    }

    /// One token of the user with this id.
    pub(crate) async fn token_of(&self, user_id: &str) -> Result<String, Failure> {
        let user = UserRef::Id(user_id.to_owned());
        let minted = self.sign_in(user).mint().await.map_err(anyhow::Error::from)?;
        Ok(minted.jwt.expose_secret().to_owned())
    }
}
