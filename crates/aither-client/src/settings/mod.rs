//! A client from environment variables, with all faults in one error.

pub(crate) mod doctor;
mod environment;
mod fault;
mod network;
mod sharing;
mod source;

use std::ffi::OsString;

use crate::base_url::BaseUrl;
use crate::builder::HemeraClientBuilder;
use crate::client::HemeraClient;
use crate::error::Error;
use environment::Environment;

pub use fault::{SettingFault, SettingsError};

impl HemeraClient {
    /// A client from the process environment, with defaults for everything else. The names are those of
    /// [`HemeraClientBuilder::load`].
    pub fn load() -> Result<Self, Error> {
        HemeraClientBuilder::load().map_err(Error::setup)?.build()
    }
}

impl HemeraClientBuilder {
    /// A builder from the process environment.
    ///
    /// | name | meaning |
    /// | --- | --- |
    /// | `HEMERA_API_BASE_URL` | the address of Hemera |
    /// | `AITHER_AUTH` | where tokens come from: `ticket` (default), `enrolled`, `machine` or `service-key` |
    /// | `AITHER_TOKEN` | for `ticket` and `enrolled`: `template` (default), from the template `hemera-api`; or `session` |
    /// | `CLERK_SECRET_KEY` | for `ticket`: the instance's secret key |
    /// | `CLERK_SERVICE_USER_ID` or `CLERK_SERVICE_USER_EMAIL` | for `ticket`: the service user; the id wins |
    /// | `CLERK_ISSUER` | for `ticket` and `enrolled`: the instance's Frontend API |
    /// | `CLERK_SIGN_IN_ORIGIN` | for `ticket` and `enrolled`, if the Native API is off: an origin of the instance's domain |
    /// | `CLERK_API_URL` | for `ticket` and `machine`: the Backend API, if it is not `https://api.clerk.com` |
    /// | `AITHER_STATE_DIR` | for `ticket`: the directory in which the session is kept for the next process, an absolute path; `none`, the default, keeps none |
    /// | `AITHER_SESSION_FILE` | for `enrolled`: the file with the session |
    /// | `CLERK_SERVICE_USER_SIGNIN_TOKEN` | for `enrolled`: until the file exists, and for a new enrolment |
    /// | `CLERK_MACHINE_SECRET_KEY` | for `machine`: the machine's own key |
    /// | `AITHER_MACHINE_TOKEN_MINUTES` | for `machine`: how long each token lives, 1 to 60 minutes; 30 by default |
    /// | `HEMERA_API_KEY` | for `service-key`: the key |
    /// | `AITHER_TOKEN_STORE` | for `ticket` and `machine`: `memory` (default), or the `redis://…` through which processes share tokens |
    /// | `AITHER_TOKEN_STORE_KEY` | for a shared store: the key that seals tokens, 32 random bytes in base64 |
    /// | `AITHER_TOKEN_STORE_PREVIOUS_KEY` | the key before it, while a new one is distributed to all processes |
    /// | `AITHER_PROXY_URL` | the proxy for Hemera and Clerk, `http://user:password@host:port` or with `https`; `none`: without one; by default as `HTTPS_PROXY` says |
    /// | `AITHER_CA_FILE` | a PEM file with certificates of authorities that are trusted beside those of the system |
    ///
    /// The secrets (`HEMERA_API_KEY`, those of Clerk and of the store, and the addresses of store and proxy) may instead be given as
    /// `…_FILE`, the path of a file that contains the value. An empty value counts as missing. Settings that the chosen
    /// method does not need are not read, so that several methods can be configured and one name switches between them.
    ///
    /// # Errors
    /// All faults together, by name and without the value.
    pub fn load() -> Result<Self, SettingsError> {
        Self::load_with(|name| std::env::var_os(name))
    }

    /// Like [`load`](Self::load), with values from `lookup`.
    pub fn load_with(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, SettingsError> {
        let mut environment = Environment::new(&lookup);
        let base_url = environment.required("HEMERA_API_BASE_URL", BaseUrl::parse);
        let method = source::auth_method(&mut environment);
        let source = method.and_then(|method| source::of(method, &mut environment));
        let store = method
            .filter(|method| method.shares_tokens())
            .and_then(|_| sharing::of(&mut environment));
        let source = match (source, store) {
            (Some(source), Some(store)) => Some(source.shared_through(&store)),
            (source, _) => source,
        };
        let network = network::of(&mut environment);
        match (base_url, source, network) {
            (Some(base_url), Some(source), Some(network)) => {
                environment.finish(Self::new(base_url, source).with_network(network))
            }
            _ => Err(environment.into_error()),
        }
    }
}
