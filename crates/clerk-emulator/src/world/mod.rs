//! The state of the instance: users, sessions, keys and the rest, without any HTTP and without reading a clock.

pub(crate) mod claims;
pub(crate) mod client;
pub(crate) mod identification;
pub(crate) mod jwt_template;
pub(crate) mod m2m_token;
pub(crate) mod machine;
pub(crate) mod metadata;
pub(crate) mod secret_key;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod sign_in_token;
pub(crate) mod user;
pub(crate) mod user_changes;
pub(crate) mod user_query;

use std::collections::BTreeMap;

use client::{Client, DevBrowser};
use jwt_template::JwtTemplate;
use m2m_token::M2mToken;
use machine::Machine;
use session::Session;
use settings::Settings;
use sign_in_token::SignInToken;
use user::User;

use crate::key_ring::KeyRing;

/// Everything that the emulated instance knows.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    /// The origin of the Frontend API: `iss` of session and template tokens.
    pub(crate) issuer: String,
    /// Every secret key that is accepted.
    pub(crate) secret_keys: Vec<String>,
    pub(crate) keys: KeyRing,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) clients: BTreeMap<String, Client>,
    pub(crate) dev_browsers: BTreeMap<String, DevBrowser>,
    pub(crate) sign_in_tokens: BTreeMap<String, SignInToken>,
    pub(crate) jwt_templates: BTreeMap<String, JwtTemplate>,
    pub(crate) machines: BTreeMap<String, Machine>,
    pub(crate) m2m_tokens: BTreeMap<String, M2mToken>,
}

impl World {
    pub(crate) fn new(settings: Settings, issuer: String, secret_keys: Vec<String>, keys: KeyRing) -> Self {
        Self {
            settings,
            issuer,
            secret_keys,
            keys,
            users: BTreeMap::new(),
            sessions: BTreeMap::new(),
            clients: BTreeMap::new(),
            dev_browsers: BTreeMap::new(),
            sign_in_tokens: BTreeMap::new(),
            jwt_templates: BTreeMap::new(),
            machines: BTreeMap::new(),
            m2m_tokens: BTreeMap::new(),
        }
    }
}
