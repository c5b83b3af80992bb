//! The configuration: defaults, then `hemera.toml`, then an environment file, then the environment.
//!
//! Each setting is declared once, in the file of its section. Values are checked while they are read, and all faults come
//! in one report, by name and without values.
//!
//! To add a setting: declare it in its section's file, read it there, and renew `.env.example` and `docs/settings.md`
//! (a test holds both against the declarations and says how).

mod address;
mod audit;
mod catalogue;
mod clerk;
mod cool_down;
mod cors;
mod database;
mod env_example;
mod env_file;
mod environment;
mod http;
mod identity;
mod layer;
mod limits;
mod listing;
mod log;
mod machines;
mod metrics;
mod names;
mod origin;
mod parts;
mod place;
mod redis;
mod report;
mod reread;
mod roles;
mod safety;
mod secrets;
mod section;
mod security;
mod service_keys;
mod setting;
mod source;
mod summary;
mod tokens;
mod value;

pub use self::database::DatabaseUrl;
pub use self::env_example::env_example;
pub use self::environment::Environment;
pub use self::identity::IdentityConfig;
pub use self::layer::Inputs;
pub use self::listing::{ListedSetting, list};
pub use self::log::{LogConfig, LogFormat};
pub use self::report::Faults;
pub use self::safety::{Level, ListedJudgement, Warning, judgements};

pub(crate) use self::audit::{AuditConfig, EvidenceConfig};
pub(crate) use self::clerk::ClerkConfig;
pub(crate) use self::cors::CorsConfig;
pub(crate) use self::database::DatabaseConfig;
pub(crate) use self::http::{HttpConfig, TlsConfig};
pub(crate) use self::limits::{LimitStore, LimitsConfig, Quota};
pub(crate) use self::listing::ListedSection;
pub(crate) use self::machines::MachinesConfig;
pub(crate) use self::metrics::MetricsConfig;
pub(crate) use self::redis::RedisConfig;
pub(crate) use self::roles::{RoleSource, RolesConfig};
pub(crate) use self::secrets::SecretsConfig;
pub(crate) use self::security::SecurityConfig;
pub(crate) use self::service_keys::ServiceKeyConfig;
pub use self::summary::{SettingOrigin, SettingSource, Summary, SummarySection};

use std::net::SocketAddr;
use std::path::PathBuf;

use freshness::{Clock, SystemClock};

use self::parts::Parts;
use self::source::{Invalid, Source};

/// The configuration of a server.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which rules hold for the settings.
    pub environment: Environment,
    /// The HTTP server.
    pub http: HttpConfig,
    /// Cross-origin requests.
    pub cors: CorsConfig,
    /// The database.
    pub database: DatabaseConfig,
    /// Clerk and its tokens.
    pub clerk: ClerkConfig,
    /// The role look-up.
    pub roles: RolesConfig,
    /// The service keys; none by default.
    pub service_keys: Vec<ServiceKeyConfig>,
    /// The secrets that are given as files.
    pub secrets: SecretsConfig,
    /// The machines with tokens of their own; none by default.
    pub machines: MachinesConfig,
    /// The rate limits.
    pub limits: LimitsConfig,
    /// What is a security event.
    pub security: SecurityConfig,
    /// What leaves the service about a person.
    pub identity: IdentityConfig,
    /// The audit trail.
    pub audit: AuditConfig,
    /// The transparency log over the audit records.
    pub evidence: EvidenceConfig,
    /// The metrics.
    pub metrics: MetricsConfig,
    /// The log.
    pub log: LogConfig,
    /// What is set so that an operator should know of it.
    pub warnings: Vec<Warning>,
}

impl Config {
    /// Reads the whole configuration.
    ///
    /// # Errors
    /// Every fault in one report.
    pub fn load(inputs: &Inputs) -> Result<Self, Faults> {
        Self::load_at(inputs, &SystemClock)
    }

    /// The same at the time of a clock, which decides on what ends.
    ///
    /// # Errors
    /// Every fault in one report.
    pub fn load_at(inputs: &Inputs, clock: &dyn Clock) -> Result<Self, Faults> {
        load(inputs, |source| Self::read(source, clock))
    }

    /// Reads the whole configuration, and says where each setting came from.
    ///
    /// # Errors
    /// Every fault in one report.
    pub fn load_with_summary(inputs: &Inputs) -> Result<(Self, Summary), Faults> {
        load(inputs, |source| {
            let config = Self::read(source, &SystemClock)?;
            let summary = Summary::of(source);
            Ok((config, summary))
        })
    }

    fn read(source: &mut Source, clock: &dyn Clock) -> Result<Self, Invalid> {
        let parts = Parts::read(source);
        let judged = parts.judge(source, clock);
        let (environment, warnings) = judged?;
        Ok(Self {
            environment,
            http: parts.http?,
            cors: parts.cors?,
            database: parts.database?,
            clerk: parts.clerk?,
            roles: parts.roles?,
            service_keys: parts.service_keys?,
            secrets: parts.secrets?.in_environment(environment),
            machines: parts.machines?,
            limits: parts.limits?,
            security: parts.security?,
            identity: parts.identity?,
            audit: parts.audit?,
            evidence: parts.evidence?,
            metrics: parts.metrics?,
            log: parts.log?,
            warnings,
        })
    }
}

/// Reads what `migrate` needs, and no more: an operator who migrates need not have Clerk's keys.
///
/// # Errors
/// Every fault of those settings, and every name that is not a setting.
pub fn load_migration(inputs: &Inputs) -> Result<(DatabaseUrl, LogConfig), Faults> {
    load(inputs, |source| {
        let url = DatabaseConfig::read_admin_url(source);
        let log = LogConfig::read(source);
        Ok((url?, log?))
    })
}

/// Reads what the commands need that look into the audit trail: the database.
///
/// # Errors
/// Every fault of those settings, and every name that is not a setting.
pub(crate) fn load_database(inputs: &Inputs) -> Result<DatabaseUrl, Faults> {
    load(inputs, DatabaseConfig::read_url)
}

/// Reads what `report` needs: the database, and where the metrics of a server of these settings are.
///
/// # Errors
/// Every fault of those settings, and every name that is not a setting.
pub(crate) fn load_report(inputs: &Inputs) -> Result<(DatabaseUrl, Option<SocketAddr>), Faults> {
    load(inputs, |source| {
        let url = DatabaseConfig::read_url(source);
        let listen = MetricsConfig::read_listen(source);
        Ok((url?, listen?))
    })
}

/// Reads what `audit partitions` needs: the database, and how long the audit trail is kept.
///
/// # Errors
/// Every fault of those settings, and every name that is not a setting.
pub(crate) fn load_audit(inputs: &Inputs) -> Result<(DatabaseUrl, AuditConfig), Faults> {
    load(inputs, |source| {
        let url = DatabaseConfig::read_url(source);
        let audit = AuditConfig::read(source);
        Ok((url?, audit?))
    })
}

/// The same for `audit retain`, with the owner's login.
///
/// # Errors
/// Every fault of those settings, and every name that is not a setting.
pub(crate) fn load_audit_as_owner(inputs: &Inputs) -> Result<(DatabaseUrl, AuditConfig), Faults> {
    load(inputs, |source| {
        let url = DatabaseConfig::read_admin_url(source);
        let audit = AuditConfig::read(source);
        Ok((url?, audit?))
    })
}

/// Reads what `key list` needs: the database, and the keys.
///
/// # Errors
/// Every fault of those settings, and every name that is not a setting.
pub(crate) fn load_service_keys(inputs: &Inputs) -> Result<(DatabaseUrl, Vec<ServiceKeyConfig>), Faults> {
    load(inputs, |source| {
        let url = DatabaseConfig::read_url(source);
        let keys = ServiceKeyConfig::read_all(source);
        Ok((url?, keys?))
    })
}

/// Reads what `audit restart` needs: the owner's login, and the transparency log.
///
/// # Errors
/// Every fault of those settings, and every name that is not a setting.
pub(crate) fn load_evidence_as_owner(inputs: &Inputs) -> Result<(DatabaseUrl, EvidenceConfig), Faults> {
    load(inputs, |source| {
        let url = DatabaseConfig::read_admin_url(source);
        let evidence = EvidenceConfig::read(source);
        Ok((url?, evidence?))
    })
}

/// Reads what `clerk` needs: how to reach Clerk, and how the server treats what comes from there.
///
/// # Errors
/// Every fault of those settings, and every name that is not a setting.
pub(crate) fn load_clerk(inputs: &Inputs) -> Result<(ClerkConfig, RolesConfig), Faults> {
    load(inputs, |source| {
        let clerk = ClerkConfig::read(source);
        let roles = RolesConfig::read(source, &clerk);
        Ok((clerk?, roles?))
    })
}

/// Reads what a drill needs that replaces a secret: how often the server looks at files of secrets, and the file of Clerk's
/// secret key.
///
/// # Errors
/// Every fault of those settings, and every name that is not a setting.
pub(crate) fn load_secrets(inputs: &Inputs) -> Result<(SecretsConfig, Option<PathBuf>), Faults> {
    load(inputs, |source| {
        let secrets = SecretsConfig::read(source)?;
        Ok((secrets, source.file_of(&clerk::SECRET_KEY)))
    })
}

/// Reads what `healthcheck` needs: where the server listens, and whether it speaks TLS.
///
/// # Errors
/// Every fault of those settings, and every name that is not a setting.
pub(crate) fn load_http(inputs: &Inputs) -> Result<HttpConfig, Faults> {
    load(inputs, HttpConfig::read)
}

/// Merges the layers and reads settings from them.
fn load<T>(inputs: &Inputs, read: impl FnOnce(&mut Source) -> Result<T, Invalid>) -> Result<T, Faults> {
    let mut faults = Vec::new();
    let layers = layer::merged(inputs, &mut faults);
    Source::new(layers, faults).load(read)
}
