//! What an operator would set in Clerk's dashboard.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// The kind of instance, in Clerk's words: what `pk_test_`/`sk_test_` and `pk_live_`/`sk_live_` stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Sessions can be created at the Backend API; browsers need a dev-browser token.
    #[default]
    Development,
    /// Sessions come from sign-ins only; browsers must come from the instance's domain.
    Production,
}

impl Environment {
    /// `test` or `live`, as keys spell it.
    pub(crate) const fn key_word(self) -> &'static str {
        match self {
            Self::Development => "test",
            Self::Production => "live",
        }
    }
}

/// The plan that the instance is subscribed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// The free plan: in production, operations that Clerk's documents list with 402 are refused.
    Hobby,
    /// A plan that includes every operation.
    #[default]
    Pro,
}

/// Where an M2M JWT names the machines that it is meant for.
///
/// UNVERIFIED: whether Clerk adds either by itself; its SDK reads `scopes`, else `aud`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeClaim {
    /// `scopes`: machine ids, a blank between.
    #[default]
    Scopes,
    /// `aud`: an array of machine ids.
    Aud,
    /// Neither.
    Neither,
}

/// The settings of the instance; `[instance]` in a seed, `/__emulator/settings` while it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "a dashboard is a list of switches")]
pub struct Settings {
    /// The instance id, which is also the first key's `kid`: `ins_` and 27 base62 characters.
    pub id: String,
    /// Development or production.
    pub environment: Environment,
    /// What production instances may use; a development instance may use everything.
    pub plan: Plan,
    /// The domain of the application. In production an `Origin` must be it or below it.
    pub domain: String,
    /// Whether sign-in in native mode (`_is_native`) is allowed.
    pub native_api: bool,
    /// Whether a client may hold one session only.
    pub single_session: bool,
    /// Whether a user must have a password unless `skip_password_requirement` is sent.
    pub password_required: bool,
    /// Whether the documented rate limits are kept.
    pub rate_limits: bool,
    /// Whether every Frontend API answer brings a new client token and ends the one before it.
    pub rotate_client_tokens: bool,
    /// How long a session lives, in seconds. Clerk's default is seven days.
    pub session_lifetime: u64,
    /// How long a session token lives, in seconds. Clerk's default is sixty.
    pub session_token_lifetime: u64,
    /// Custom claims of session tokens; shortcodes are replaced.
    pub session_claims: Map<String, Value>,
    /// Tasks that a new session must complete first; any makes it `pending`.
    pub session_tasks: Vec<String>,
    /// Where M2M JWTs name their scopes.
    pub m2m_scope_claim: ScopeClaim,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            id: "ins_2hEmEraAcAdEmyInstance00001".to_owned(),
            environment: Environment::Development,
            plan: Plan::Pro,
            domain: "hemera-academy.com".to_owned(),
            native_api: true,
            single_session: true,
            password_required: true,
            rate_limits: false,
            rotate_client_tokens: false,
            session_lifetime: 7 * 24 * 60 * 60,
            session_token_lifetime: 60,
            session_claims: Map::new(),
            session_tasks: Vec::new(),
            m2m_scope_claim: ScopeClaim::default(),
        }
    }
}

impl Settings {
    pub(crate) const fn is_production(&self) -> bool {
        matches!(self.environment, Environment::Production)
    }

    pub(crate) const fn session_lifetime(&self) -> Duration {
        Duration::from_secs(self.session_lifetime)
    }

    /// The settings with those fields changed that `change` names.
    pub(crate) fn changed(&self, change: Map<String, Value>) -> Result<Self, Refusal> {
        let invalid = |error: serde_json::Error| Refusal::control_invalid(&error.to_string());
        let mut all = serde_json::to_value(self).map_err(invalid)?;
        for (name, value) in change {
            all[name] = value;
        }
        serde_json::from_value(all).map_err(invalid)
    }
}
