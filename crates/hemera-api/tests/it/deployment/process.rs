//! What a container or a unit runs: a command of `hemera-api` with its environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::Command;

use hemera_api::config::{Config, Inputs, load_migration};
use tempfile::TempDir;

/// A publishable key, for files that leave it to the reader.
pub(super) const PUBLISHABLE_KEY: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";

/// A command of `hemera-api`, as a file in `deploy/` starts it.
#[derive(Debug)]
pub(super) struct Process {
    /// For messages: the file, and the container or unit.
    pub(super) name: String,
    pub(super) arguments: Vec<String>,
    pub(super) environment: BTreeMap<String, String>,
}

impl Process {
    /// The configuration of a server. Files of secrets are written for it.
    ///
    /// # Panics
    /// If it would not start, which a name that is no setting is enough for.
    #[track_caller]
    pub(super) fn server(&self) -> Config {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::load(&self.inputs(&folder));
        let config = config.unwrap_or_else(|faults| panic!("{}: {faults}", self.name));
        // What a file of this repository sets is not warned of either.
        assert_eq!(config.warnings, [], "{}", self.name);
        config
    }

    /// Holds that the command exists, and that it would find its settings.
    #[track_caller]
    pub(super) fn assert_accepted(&self) {
        assert_known(&self.name, &self.arguments);
        // It is not left to the keys of Clerk which rules hold.
        let environment = self.environment.get("HEMERA_ENVIRONMENT").map(String::as_str);
        let is_development = self.environment.contains_key("CLERK_API_URL") || self.name.ends_with("-dev");
        let expected = if is_development {
            "development"
        } else {
            "production"
        };
        assert_eq!(environment, Some(expected), "{}", self.name);
        match self.arguments.first().map(String::as_str) {
            Some("serve") => drop(self.server()),
            Some("migrate") => {
                let folder = tempfile::tempdir().unwrap();
                load_migration(&self.inputs(&folder))
                    .unwrap_or_else(|faults| panic!("{}: {faults}", self.name));
            }
            other => panic!("{}: {other:?} is not known here", self.name),
        }
    }

    fn inputs(&self, folder: &TempDir) -> Inputs {
        let mut environment: BTreeMap<OsString, OsString> = BTreeMap::new();
        for (name, value) in &self.environment {
            let is_secret = value.starts_with("/run/secrets/") || value.starts_with("%d/");
            let value = if is_secret {
                let file = folder.path().join(name);
                std::fs::write(&file, self.secret(name, folder)).unwrap();
                file.into()
            } else {
                value.into()
            };
            environment.insert(name.into(), value);
        }
        Inputs {
            environment: environment.into_iter().collect(),
            environment_file: None,
            file: None,
        }
    }

    /// A secret as docs/deploy.md has it written.
    fn secret(&self, variable: &str, folder: &TempDir) -> String {
        let private = self.environment.contains_key("HEMERA_DATABASE__PRIVATE_NETWORK");
        let verified = if private { "" } else { "?sslmode=verify-full" };
        match variable {
            "DATABASE_URL_FILE" | "HEMERA_DATABASE__ADMIN_URL_FILE" => {
                format!("postgres://login:swordfish@postgres/hemera{verified}\n")
            }
            "CLERK_SECRET_KEY_FILE" => "sk_live_swordfish4711\n".to_owned(),
            "HEMERA_LIMITS__STORE_FILE" => "redis://:swordfish@redis:6379/0\n".to_owned(),
            "HEMERA_AUDIT__KEY_FILE" => {
                let file = folder.path().join("audit.key");
                let made = hemera_api(&["audit", "key", "new", "--file", file.to_str().unwrap()]);
                assert!(made.status.success(), "{made:?}");
                std::fs::read_to_string(file).unwrap()
            }
            other => panic!("{}: {other} is no secret that is known here", self.name),
        }
    }
}

/// Holds that `hemera-api` takes these arguments.
#[track_caller]
pub(super) fn assert_known(name: &str, arguments: &[String]) {
    // Help comes only where all that stands before it is known.
    let mut all: Vec<&str> = arguments.iter().map(String::as_str).collect();
    all.push("--help");
    let output = hemera_api(&all);
    assert!(output.status.success(), "{name}: {arguments:?}: {output:?}");
}

fn hemera_api(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_hemera-api"))
        .args(arguments)
        .env_clear()
        .output()
        .unwrap()
}
