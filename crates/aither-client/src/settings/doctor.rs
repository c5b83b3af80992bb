//! The parts of the settings one by one, for the doctor, which also works if a whole client cannot be built.

use std::ffi::OsString;
use std::time::Duration;

use ::network::Network;
use clerk::{BackendApi, FrontendApi, Machine, TokenKind, UserRef};
use url::Url;

use super::environment::Environment;
use super::{network, source};
use crate::auth_method::AuthMethod;
use crate::base_url::BaseUrl;

/// The settings that could be read. Their faults are those of the client's builder.
#[derive(Debug)]
pub(crate) struct DoctorSettings {
    pub(crate) method: Option<AuthMethod>,
    pub(crate) hemera: Option<BaseUrl>,
    pub(crate) issuer: Option<Url>,
    pub(crate) frontend: Option<FrontendApi>,
    pub(crate) backend: Option<BackendApi>,
    pub(crate) user: Option<UserRef>,
    /// Tokens are minted from the template; otherwise they are session tokens.
    pub(crate) from_template: bool,
    pub(crate) has_origin: bool,
    /// How long each token of the machine lives, if tokens are those of a machine.
    pub(crate) machine_token_lifetime: Option<Duration>,
    /// `None` if its settings have faults: nothing is then sent, because it would go another way than they say.
    pub(crate) network: Option<Network>,
}

impl DoctorSettings {
    pub(crate) fn load(lookup: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let mut environment = Environment::new(lookup);
        let method = source::auth_method(&mut environment);
        let signs_in = method.is_some_and(AuthMethod::signs_in);
        let has_key = method.is_some_and(AuthMethod::uses_secret_key);
        let network = network::of(&mut environment);
        let frontend = signs_in.then(|| source::frontend(&mut environment)).flatten();
        let backend = has_key.then(|| source::backend(&mut environment)).flatten();
        Self {
            method,
            hemera: environment.required("HEMERA_API_BASE_URL", BaseUrl::parse),
            issuer: signs_in.then(|| source::issuer(&mut environment)).flatten(),
            frontend: frontend
                .zip(network.clone())
                .and_then(|(builder, network)| builder.with_network(network).build().ok()),
            backend: backend
                .zip(network.clone())
                .and_then(|(builder, network)| builder.with_network(network).build().ok()),
            user: has_key.then(|| source::user(&mut environment)).flatten(),
            from_template: source::token_kind(&mut environment) != Some(TokenKind::Session),
            has_origin: environment.text("CLERK_SIGN_IN_ORIGIN").is_some(),
            machine_token_lifetime: (method == Some(AuthMethod::Machine))
                .then(|| source::machine_token_lifetime(&mut environment))
                .map(|lifetime| lifetime.unwrap_or(Machine::DEFAULT_LIFETIME)),
            network,
        }
    }
}
