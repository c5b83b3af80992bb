//! Secrets in files: which there are, how often they are looked at, and how they are read again.

use std::path::PathBuf;
use std::time::Duration;

use super::environment::Environment;
use super::service_keys::ServiceKeyConfig;
use super::setting::{Setting, settings};
use super::source::{Invalid, Layers, Source};
use super::{clerk as clerk_settings, database};

settings! { SETTINGS:
    /// How often secrets in files are looked at while the server runs. A change counts within this time, and at once after
    /// SIGHUP.
    INTERVAL: Duration = Setting::at("secrets.interval")
        .or("10s")
        .within(Duration::from_secs(1), Duration::from_hours(1));
}

/// The secrets that are given as files, and how often these are looked at.
#[derive(Clone, Debug)]
pub struct SecretsConfig {
    /// What changed in a file counts within this time.
    pub interval: Duration,
    /// The file of the service keys.
    pub service_keys: Option<PathBuf>,
    /// The file of Clerk's secret key.
    pub clerk_secret_key: Option<PathBuf>,
    /// The file of the database's address.
    pub database_url: Option<PathBuf>,
    pub(super) layers: Layers,
    /// Its rules hold for what is read again, too.
    pub(super) environment: Environment,
}

impl SecretsConfig {
    pub(super) fn read(source: &mut Source) -> Result<Self, Invalid> {
        let interval = source.read(&INTERVAL);
        let service_keys = ServiceKeyConfig::file(source);
        Ok(Self {
            interval: interval?,
            service_keys: service_keys?,
            clerk_secret_key: source.file_of(&clerk_settings::SECRET_KEY),
            database_url: source.file_of(&database::URL),
            layers: source.layers(),
            environment: Environment::Production,
        })
    }

    /// The same with the rules of another environment than production.
    pub(super) fn in_environment(self, environment: Environment) -> Self {
        Self { environment, ..self }
    }
}
