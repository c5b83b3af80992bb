//! Secrets in files, read again: by the same rules as at the start.

use clerk::SecretKey;
use freshness::{Clock as _, SystemClock};

use super::clerk::ClerkConfig;
use super::database::{DatabaseConfig, DatabaseUrl};
use super::report::Faults;
use super::safety::{self, Facts};
use super::secrets::SecretsConfig;
use super::service_keys::ServiceKeyConfig;

impl SecretsConfig {
    /// The service keys as the settings and the file have them now.
    ///
    /// # Errors
    /// As at the start.
    pub(crate) fn read_service_keys(&self) -> Result<Vec<ServiceKeyConfig>, Faults> {
        self.layers.load(|source| {
            let keys = ServiceKeyConfig::read_all(source)?;
            let now = SystemClock.now().wall.into();
            let findings = safety::judge(&Facts {
                service_keys: Some(&keys),
                ..Facts::none(self.environment, source, now)
            });
            source.refuse_all(findings.refused);
            Ok(keys)
        })
    }

    /// Clerk's secret key as its file has it now.
    ///
    /// # Errors
    /// As at the start.
    pub(crate) fn read_clerk_secret_key(&self) -> Result<SecretKey, Faults> {
        self.layers.load(|source| {
            let clerk = ClerkConfig::read(source)?;
            let now = SystemClock.now().wall.into();
            let findings = safety::judge(&Facts {
                clerk: Some(&clerk),
                ..Facts::none(self.environment, source, now)
            });
            source.refuse_all(findings.refused);
            Ok(clerk.secret_key)
        })
    }

    /// The database's address as its file has it now.
    ///
    /// # Errors
    /// As at the start.
    pub(crate) fn read_database_url(&self) -> Result<DatabaseUrl, Faults> {
        self.layers.load(|source| {
            let database = DatabaseConfig::read(source)?;
            let now = SystemClock.now().wall.into();
            let findings = safety::judge(&Facts {
                database: Some(&database),
                ..Facts::none(self.environment, source, now)
            });
            source.refuse_all(findings.refused);
            Ok(database.url)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Inputs};

    /// What does not start is not taken over later either.
    #[test]
    fn a_key_that_production_refuses_is_refused_when_the_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.toml");
        let key = format!(
            "[rollback]\nsha256 = \"{}\"\nsubject = \"aither-rollback\"\n",
            "0".repeat(64)
        );
        std::fs::write(&file, format!("{key}expires = 2100-01-01T00:00:00Z\n")).unwrap();
        let settings = [
            ("DATABASE_URL", "postgres:///hemera?host=/run/postgresql"),
            ("CLERK_SECRET_KEY", "sk_live_swordfish4711"),
            ("CLERK_ISSUER", "https://clerk.hemera.example"),
            ("HEMERA_LIMITS__REPLICAS", "1"),
            ("HEMERA_ENVIRONMENT", "production"),
            ("HEMERA_SERVICE_KEYS_FILE", file.to_str().unwrap()),
        ];
        let inputs = Inputs {
            environment: settings.map(|(name, value)| (name.into(), value.into())).into(),
            environment_file: None,
            file: None,
        };
        let secrets = Config::load(&inputs).unwrap().secrets;
        assert_eq!(secrets.read_service_keys().unwrap().len(), 1);
        std::fs::write(&file, key).unwrap();
        let refusal = secrets.read_service_keys().unwrap_err().in_one_line();
        assert!(
            refusal.starts_with(
                "rollback.expires (in the file of HEMERA_SERVICE_KEYS_FILE): is not set: a copy of the key opens the API for \
                 ever, which production refuses: set it"
            ),
            "{refusal}"
        );
        assert_eq!(Config::load(&inputs).unwrap_err().in_one_line(), refusal);
    }
}
