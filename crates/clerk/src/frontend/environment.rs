//! The instance's public settings, from which sign-in pages are made.

use serde::Deserialize;

use super::FrontendApi;
use super::client_token::Visitor;
use crate::error::Error;
use crate::operation::ClerkOperation;
use crate::secret_key::Instance;
use crate::transport::Request;

/// The settings of an instance that matter to a service that signs in. `None` is what the answer did not contain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Environment {
    /// Which kind of instance it is.
    pub instance: Option<Instance>,
    /// Whether native apps may sign in.
    pub native_api: Option<bool>,
}

#[derive(Deserialize)]
struct Answered {
    #[serde(default)]
    display_config: DisplayConfig,
    #[serde(default)]
    auth_config: AuthConfig,
}

#[derive(Default, Deserialize)]
struct DisplayConfig {
    #[serde(default)]
    instance_environment_type: Option<String>,
}

#[derive(Default, Deserialize)]
struct AuthConfig {
    #[serde(default)]
    native_settings: Option<NativeSettings>,
}

#[derive(Deserialize)]
struct NativeSettings {
    #[serde(default)]
    api_enabled: Option<bool>,
}

impl FrontendApi {
    /// Reads the instance's settings. Needs no credential.
    pub async fn environment(&self) -> Result<Environment, Error> {
        let request = Request::get(ClerkOperation::ReadInstanceSettings, &["v1", "environment"]);
        let answered: Answered = self
            .0
            .transport
            .json(Visitor::new(None).prepare(request)?)
            .await?;
        let kind = answered.display_config.instance_environment_type;
        Ok(Environment {
            instance: match kind.as_deref() {
                Some("production") => Some(Instance::Production),
                Some("development") => Some(Instance::Development),
                _ => None,
            },
            native_api: answered
                .auth_config
                .native_settings
                .and_then(|native| native.api_enabled),
        })
    }
}
