//! All sections, each as it was read or with its fault, and what is judged of them together.

use freshness::Clock;

use super::audit::{AuditConfig, EvidenceConfig};
use super::clerk::ClerkConfig;
use super::cors::CorsConfig;
use super::database::DatabaseConfig;
use super::environment::Environment;
use super::http::HttpConfig;
use super::identity::IdentityConfig;
use super::limits::LimitsConfig;
use super::log::LogConfig;
use super::machines::MachinesConfig;
use super::metrics::MetricsConfig;
use super::roles::RolesConfig;
use super::safety::{self, Facts, Warning};
use super::secrets::SecretsConfig;
use super::security::SecurityConfig;
use super::service_keys::ServiceKeyConfig;
use super::source::{Invalid, Source};

/// The sections.
pub(super) struct Parts {
    environment: Result<Environment, Invalid>,
    pub(super) http: Result<HttpConfig, Invalid>,
    pub(super) cors: Result<CorsConfig, Invalid>,
    pub(super) database: Result<DatabaseConfig, Invalid>,
    pub(super) clerk: Result<ClerkConfig, Invalid>,
    pub(super) roles: Result<RolesConfig, Invalid>,
    pub(super) service_keys: Result<Vec<ServiceKeyConfig>, Invalid>,
    pub(super) secrets: Result<SecretsConfig, Invalid>,
    pub(super) machines: Result<MachinesConfig, Invalid>,
    pub(super) limits: Result<LimitsConfig, Invalid>,
    pub(super) security: Result<SecurityConfig, Invalid>,
    pub(super) identity: Result<IdentityConfig, Invalid>,
    pub(super) audit: Result<AuditConfig, Invalid>,
    pub(super) evidence: Result<EvidenceConfig, Invalid>,
    pub(super) metrics: Result<MetricsConfig, Invalid>,
    pub(super) log: Result<LogConfig, Invalid>,
}

impl Parts {
    /// Reads every section, whatever is wrong with another.
    pub(super) fn read(source: &mut Source) -> Self {
        let http = HttpConfig::read(source);
        let clerk = ClerkConfig::read(source);
        Self {
            environment: Environment::read(source, &clerk),
            cors: CorsConfig::read(source),
            database: DatabaseConfig::read(source),
            roles: RolesConfig::read(source, &clerk),
            service_keys: ServiceKeyConfig::read_all(source),
            secrets: SecretsConfig::read(source),
            machines: MachinesConfig::read(source),
            limits: LimitsConfig::read(source),
            security: SecurityConfig::read(source),
            identity: IdentityConfig::read(source),
            audit: AuditConfig::read(source),
            evidence: EvidenceConfig::read(source),
            metrics: MetricsConfig::read(source, &http),
            log: LogConfig::read(source),
            http,
            clerk,
        }
    }

    /// Notes what the environment refuses as faults, and returns the environment with what it warns of. Sections with faults
    /// are left out: the others are judged in the same report.
    pub(super) fn judge(
        &self,
        source: &mut Source,
        clock: &dyn Clock,
    ) -> Result<(Environment, Vec<Warning>), Invalid> {
        let environment = self.environment.clone()?;
        let findings = safety::judge(&Facts {
            environment,
            now: clock.now().wall.into(),
            http: self.http.as_ref().ok(),
            cors: self.cors.as_ref().ok(),
            database: self.database.as_ref().ok(),
            clerk: self.clerk.as_ref().ok(),
            roles: self.roles.as_ref().ok(),
            service_keys: self.service_keys.as_deref().ok(),
            machines: self.machines.as_ref().ok(),
            limits: self.limits.as_ref().ok(),
            security: self.security.as_ref().ok(),
            identity: self.identity.as_ref().ok(),
            evidence: self.evidence.as_ref().ok(),
            metrics: self.metrics.as_ref().ok(),
            log: self.log.as_ref().ok(),
            source,
        });
        source.refuse_all(findings.refused);
        Ok((environment, findings.warnings))
    }
}
