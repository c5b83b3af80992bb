//! The instance of Clerk that is walked with.

use anyhow::{Context as _, bail};
use clerk::{BackendApi, FrontendApi, Instance, PublishableKey, SecretKey};
use url::Url;

/// An instance of Clerk, and the keys to it.
pub(crate) struct Target {
    secret_key: String,
    publishable_key: Option<String>,
    frontend: Url,
    /// Where its Backend API is; not set: Clerk's own.
    backend: Option<Url>,
}

impl Target {
    /// A real instance. It must be one for development: users are made, banned and removed there.
    pub(crate) fn of_keys(secret_key: &str, publishable_key: &str) -> anyhow::Result<Self> {
        let secret = SecretKey::parse(secret_key).context(
            "STAGING_CLERK_SECRET_KEY is no secret key: take the one of a development instance (sk_test_…)",
        )?;
        let publishable = PublishableKey::parse(publishable_key).context(
            "STAGING_CLERK_PUBLISHABLE_KEY is no publishable key: take the one of the same instance (pk_test_…)",
        )?;
        if secret.instance() != Instance::Development {
            bail!("STAGING_CLERK_SECRET_KEY is a live key: give that of a development instance (sk_test_…)");
        }
        if publishable.instance() != Instance::Development {
            bail!(
                "STAGING_CLERK_PUBLISHABLE_KEY is a live key: give that of a development instance (pk_test_…)"
            );
        }
        Ok(Self {
            secret_key: secret_key.to_owned(),
            publishable_key: Some(publishable_key.to_owned()),
            frontend: publishable.frontend().clone(),
            backend: None,
        })
    }

    /// The local Clerk, in place of a real instance: to try the walk itself.
    pub(crate) fn of_emulator(secret_key: &str, origin: &Url) -> Self {
        Self {
            secret_key: secret_key.to_owned(),
            publishable_key: None,
            frontend: origin.clone(),
            backend: Some(origin.clone()),
        }
    }

    pub(super) fn backend_api(&self) -> anyhow::Result<BackendApi> {
        let builder = BackendApi::builder(SecretKey::parse(self.secret_key.as_str())?);
        Ok(match &self.backend {
            Some(url) => builder.with_base_url(url.clone()).build()?,
            None => builder.build()?,
        })
    }

    pub(super) fn frontend_api(&self) -> anyhow::Result<FrontendApi> {
        Ok(FrontendApi::builder(self.frontend.clone()).build()?)
    }

    /// The settings of both sides that say where Clerk is.
    pub(super) fn settings(&self) -> Vec<(String, String)> {
        let origin = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
        let mut settings = vec![
            ("CLERK_SECRET_KEY".to_owned(), self.secret_key.clone()),
            ("CLERK_ISSUER".to_owned(), origin(&self.frontend)),
        ];
        if let Some(key) = &self.publishable_key {
            settings.push(("CLERK_PUBLISHABLE_KEY".to_owned(), key.clone()));
        }
        if let Some(url) = &self.backend {
            settings.push(("CLERK_API_URL".to_owned(), origin(url)));
        }
        settings
    }

    /// The address of a user in the Backend API, for what the client of Clerk does not do, and the key to it.
    pub(super) fn user_address(&self, id: &str) -> (String, &str) {
        let backend = self.backend.as_ref().map_or("https://api.clerk.com", Url::as_str);
        let address = format!("{}/v1/users/{id}", backend.trim_end_matches('/'));
        (address, &self.secret_key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `clerk.example.com$`
    const PUBLISHABLE: &str = "Y2xlcmsuZXhhbXBsZS5jb20k";

    #[test]
    fn live_keys_are_refused_by_name() {
        for (secret, publishable, named) in [
            ("sk_live_0123456789", "pk_test_", "STAGING_CLERK_SECRET_KEY"),
            ("sk_test_0123456789", "pk_live_", "STAGING_CLERK_PUBLISHABLE_KEY"),
        ] {
            let publishable = format!("{publishable}{PUBLISHABLE}");
            let refused = Target::of_keys(secret, &publishable).err();
            let said = refused.map(|error| error.to_string()).unwrap_or_default();
            assert!(said.starts_with(named) && said.contains("live key"), "{said:?}");
        }
        assert!(Target::of_keys("sk_test_0123456789", &format!("pk_test_{PUBLISHABLE}")).is_ok());
    }
}
