//! What the rules look at.

use time::OffsetDateTime;

use crate::config::audit::EvidenceConfig;
use crate::config::clerk::ClerkConfig;
use crate::config::cors::CorsConfig;
use crate::config::database::DatabaseConfig;
use crate::config::environment::Environment;
use crate::config::http::HttpConfig;
use crate::config::identity::IdentityConfig;
use crate::config::limits::LimitsConfig;
use crate::config::log::LogConfig;
use crate::config::machines::MachinesConfig;
use crate::config::metrics::MetricsConfig;
use crate::config::roles::RolesConfig;
use crate::config::security::SecurityConfig;
use crate::config::service_keys::ServiceKeyConfig;
use crate::config::setting::Declared;
use crate::config::source::Source;

/// The sections as they were read, `None` where one has a fault: the others are judged all the same.
#[derive(Clone, Copy)]
pub(in crate::config) struct Facts<'f> {
    pub(in crate::config) environment: Environment,
    pub(in crate::config) source: &'f Source,
    pub(in crate::config) now: OffsetDateTime,
    pub(in crate::config) http: Option<&'f HttpConfig>,
    pub(in crate::config) cors: Option<&'f CorsConfig>,
    pub(in crate::config) database: Option<&'f DatabaseConfig>,
    pub(in crate::config) clerk: Option<&'f ClerkConfig>,
    pub(in crate::config) roles: Option<&'f RolesConfig>,
    pub(in crate::config) service_keys: Option<&'f [ServiceKeyConfig]>,
    pub(in crate::config) machines: Option<&'f MachinesConfig>,
    pub(in crate::config) limits: Option<&'f LimitsConfig>,
    pub(in crate::config) security: Option<&'f SecurityConfig>,
    pub(in crate::config) identity: Option<&'f IdentityConfig>,
    pub(in crate::config) evidence: Option<&'f EvidenceConfig>,
    pub(in crate::config) metrics: Option<&'f MetricsConfig>,
    pub(in crate::config) log: Option<&'f LogConfig>,
}

impl<'f> Facts<'f> {
    /// Of no section: for a part of the settings that is judged by itself.
    pub(in crate::config) fn none(environment: Environment, source: &'f Source, now: OffsetDateTime) -> Self {
        Self {
            environment,
            source,
            now,
            http: None,
            cors: None,
            database: None,
            clerk: None,
            roles: None,
            service_keys: None,
            machines: None,
            limits: None,
            security: None,
            identity: None,
            evidence: None,
            metrics: None,
            log: None,
        }
    }

    /// Whether an operator has set it.
    pub(super) fn is_set(&self, setting: &dyn Declared) -> bool {
        self.source.is_set(setting.declaration())
    }
}
