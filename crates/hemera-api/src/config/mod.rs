//! The configuration: defaults, then `hemera.toml`, then the environment.
//!
//! Values are checked while they are read, and all faults come in one report, by name and without values. Every
//! setting is described in `.env.example`; `key.rs` is its one home in code.

mod clerk;
mod cool_down;
mod cors;
mod database;
mod http;
mod identity;
mod key;
mod layer;
mod limits;
mod log;
mod machines;
mod metrics;
mod redis;
mod report;
mod roles;
mod service_keys;
mod setting;
mod source;
mod summary;

pub use self::clerk::{ClerkConfig, TokensConfig};
pub use self::cors::CorsConfig;
pub use self::database::{DatabaseConfig, DatabaseUrl};
pub use self::http::{HttpConfig, TlsConfig};
pub use self::identity::IdentityConfig;
pub use self::key::{ALL as KEYS, Key};
pub use self::layer::DEFAULT_FILE;
pub use self::limits::{LimitStore, LimitsConfig, Quota};
pub use self::log::{LogConfig, LogFormat};
pub use self::machines::{MachineConfig, MachinesConfig};
pub use self::metrics::MetricsConfig;
pub use self::redis::{RedisConfig, RedisUrl};
pub use self::report::{Fault, Faults};
pub use self::roles::{RoleSource, RolesConfig};
pub use self::service_keys::ServiceKeyConfig;
pub use self::source::Inputs;
pub use self::summary::{Summary, SummaryRow};

use self::source::Source;

/// The configuration of a server.
#[derive(Clone, Debug)]
pub struct Config {
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
    /// The machines with tokens of their own; none by default.
    pub machines: MachinesConfig,
    /// The rate limits.
    pub limits: LimitsConfig,
    /// What leaves the service about a person.
    pub identity: IdentityConfig,
    /// The metrics.
    pub metrics: MetricsConfig,
    /// The log.
    pub log: LogConfig,
}

impl Config {
    /// Reads the whole configuration.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn load(inputs: &Inputs) -> Result<Self, Faults> {
        Self::from_source(&mut Source::load(inputs))
    }

    /// Reads the whole configuration, and tells where each setting came from.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn load_with_summary(inputs: &Inputs) -> Result<(Self, Summary), Faults> {
        let mut source = Source::load(inputs);
        let config = Self::from_source(&mut source)?;
        Ok((config, Summary::of(&source)))
    }

    fn from_source(source: &mut Source) -> Result<Self, Faults> {
        let http = HttpConfig::take(source);
        let cors = CorsConfig::take(source);
        let database = DatabaseConfig::take(source);
        let clerk = ClerkConfig::take(source);
        let roles = RolesConfig::take(source);
        let service_keys = service_keys::take(source);
        let machines = machines::take(source);
        let limits = LimitsConfig::take(source);
        let identity = IdentityConfig::take(source);
        let metrics = MetricsConfig::take(source, http.listen);
        let log = LogConfig::take(source);
        source.refuse_unknown(&[service_keys::TABLE, machines::TABLE]);
        source.faults()?;
        match (database, clerk) {
            (Some(database), Some(clerk)) => Ok(Self {
                http,
                cors,
                database,
                clerk,
                roles,
                service_keys,
                machines,
                limits,
                identity,
                metrics,
                log,
            }),
            _ => Err(Faults::default()),
        }
    }
}

/// Reads what `migrate` needs, and no more: an operator who migrates need not have Clerk's keys.
///
/// # Errors
/// Every fault of those settings.
pub fn load_migration(inputs: &Inputs) -> Result<(DatabaseUrl, LogConfig), Faults> {
    let mut source = Source::load(inputs);
    let url = DatabaseConfig::take_admin_url(&mut source);
    let log = LogConfig::take(&mut source);
    source.faults()?;
    url.map(|url| (url, log)).ok_or_else(Faults::default)
}

/// Reads what `clerk` needs: how to reach Clerk, and how the server treats what comes from there.
///
/// # Errors
/// Every fault of those settings.
pub fn load_clerk(inputs: &Inputs) -> Result<(ClerkConfig, RolesConfig), Faults> {
    let mut source = Source::load(inputs);
    let clerk = ClerkConfig::take(&mut source);
    let roles = RolesConfig::take(&mut source);
    source.faults()?;
    clerk.map(|clerk| (clerk, roles)).ok_or_else(Faults::default)
}

/// Reads what `healthcheck` needs: where the server listens, and whether it speaks TLS.
///
/// # Errors
/// Every fault of that setting.
pub fn load_http(inputs: &Inputs) -> Result<HttpConfig, Faults> {
    let mut source = Source::load(inputs);
    let http = HttpConfig::take(&mut source);
    source.faults()?;
    Ok(http)
}
