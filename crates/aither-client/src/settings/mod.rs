//! A client from the environment: what is set, what it means, and every fault of it in one report.

mod environment;
mod fault;

use std::ffi::OsString;
use std::sync::Arc;

use clerk::{BackendApi, FrontendApi, SecretKey, ServiceUser, TokenKind, UserRef};
use secrecy::ExposeSecret;
use url::Url;

use crate::base_url::{BaseUrl, InvalidBaseUrl};
use crate::builder::HemeraClientBuilder;
use crate::client::HemeraClient;
use crate::error::Error;
use crate::token::{ClerkServiceUser, StaticServiceKey, TokenSource};
use environment::Environment;

pub use fault::{SettingFault, SettingsError};

/// The JWT template that Hemera's tokens are minted from.
const TEMPLATE: &str = "hemera-api";

impl HemeraClient {
    /// A client as the environment describes it, with everything else at its default. The names are
    /// those of [`HemeraClientBuilder::load`].
    pub fn load() -> Result<Self, Error> {
        HemeraClientBuilder::load().map_err(Error::setup)?.build()
    }
}

impl HemeraClientBuilder {
    /// A builder from the process environment.
    ///
    /// | name | meaning |
    /// | --- | --- |
    /// | `HEMERA_API_BASE_URL` | where Hemera is |
    /// | `AITHER_AUTH` | `ticket` (default): tokens of a Clerk service user; `service-key`: a static key |
    /// | `HEMERA_API_KEY` | the key, for `service-key` |
    /// | `AITHER_TOKEN` | for `ticket`: `template` (default), from the template `hemera-api`; or `session` |
    /// | `CLERK_SECRET_KEY` | for `ticket`: the instance's secret key |
    /// | `CLERK_ISSUER` | for `ticket`: the instance's Frontend API |
    /// | `CLERK_API_URL` | for `ticket`: the Backend API, where it is not `https://api.clerk.com` |
    /// | `CLERK_SERVICE_USER_ID` or `CLERK_SERVICE_USER_EMAIL` | for `ticket`: who to be; the id wins |
    ///
    /// `HEMERA_API_KEY` and `CLERK_SECRET_KEY` may instead be given as `…_FILE`, the path of a file
    /// that holds them. An empty value is as good as none. What the chosen way does not need is not
    /// looked at, so that both ways can be configured and one name switches between them.
    ///
    /// # Errors
    /// Every fault at once, by name and without the value.
    pub fn load() -> Result<Self, SettingsError> {
        Self::load_with(|name| std::env::var_os(name))
    }

    /// As [`load`](Self::load), but from any place that has values by name.
    pub fn load_with(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, SettingsError> {
        let mut environment = Environment::new(&lookup);
        let base_url = environment.required("HEMERA_API_BASE_URL", BaseUrl::parse);
        let source = match environment.one_of("AITHER_AUTH", &["ticket", "service-key"]) {
            Some("service-key") => service_key(&mut environment),
            Some(_) => service_user(&mut environment),
            None => None,
        };
        match (base_url, source) {
            (Some(base_url), Some(source)) => environment.finish(Self::new(base_url, source)),
            _ => Err(environment.into_error()),
        }
    }
}

fn service_key(environment: &mut Environment<'_>) -> Option<Arc<dyn TokenSource>> {
    let key = environment.secret("HEMERA_API_KEY", |key| StaticServiceKey::parse(key.clone()))?;
    Some(Arc::new(key))
}

fn service_user(environment: &mut Environment<'_>) -> Option<Arc<dyn TokenSource>> {
    let key = environment.secret("CLERK_SECRET_KEY", |key| SecretKey::parse(key.expose_secret()));
    let api = environment.optional("CLERK_API_URL", address);
    let issuer = environment.required("CLERK_ISSUER", address);
    let user = user(environment);
    let token = match environment.one_of("AITHER_TOKEN", &["template", "session"])? {
        "session" => TokenKind::Session,
        _ => TokenKind::Template(TEMPLATE.to_owned()),
    };
    let backend = key.and_then(|key| {
        let builder = BackendApi::builder(key);
        let builder = match api {
            Some(url) => builder.with_base_url(url),
            None => builder,
        };
        environment.accept("CLERK_API_URL", builder.build())
    });
    let frontend =
        issuer.and_then(|url| environment.accept("CLERK_ISSUER", FrontendApi::builder(url).build()));
    let user = ServiceUser::builder(backend?, frontend?, user?)
        .with_token(token)
        .build();
    Some(Arc::new(ClerkServiceUser::new(user)))
}

/// Clerk's addresses are held to the rules of Hemera's: credentials go there, too.
fn address(text: &str) -> Result<Url, InvalidBaseUrl> {
    BaseUrl::parse(text).map(|base_url| base_url.join("/"))
}

fn user(environment: &mut Environment<'_>) -> Option<UserRef> {
    let id = environment.text("CLERK_SERVICE_USER_ID").map(UserRef::Id);
    let user = id.or_else(|| {
        environment
            .text("CLERK_SERVICE_USER_EMAIL")
            .map(UserRef::EmailAddress)
    });
    if user.is_none() {
        environment.fault(
            "CLERK_SERVICE_USER_ID",
            "is missing; set it, or CLERK_SERVICE_USER_EMAIL, to the service user of Aither",
        );
    }
    user
}
