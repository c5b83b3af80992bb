//! The file of service keys.

use std::path::PathBuf;

use super::secret::{NotUsed, Secret};
use crate::app::counted_keys;
use crate::config::{SecretsConfig, ServiceKeyConfig};
use crate::http::state::AppState;
use crate::metrics::SecretName;

/// `HEMERA_SERVICE_KEYS_FILE`. Its value is all keys, those of the settings among them.
pub(super) struct ServiceKeysFile {
    file: PathBuf,
    config: SecretsConfig,
    state: AppState,
}

impl ServiceKeysFile {
    pub(super) fn new(file: PathBuf, config: SecretsConfig, state: AppState) -> Self {
        Self { file, config, state }
    }
}

impl Secret for ServiceKeysFile {
    type Value = Vec<ServiceKeyConfig>;

    const NAME: SecretName = SecretName::ServiceKeys;
    const SETTING: &'static str = "HEMERA_SERVICE_KEYS_FILE";

    fn files(&self) -> Vec<(&'static str, PathBuf)> {
        vec![(Self::SETTING, self.file.clone())]
    }

    fn read(&self) -> Result<Self::Value, String> {
        self.config
            .read_service_keys()
            .map_err(|faults| faults.in_one_line())
    }

    async fn replace(&self, in_use: &Self::Value, new: &Self::Value) -> Result<(), NotUsed> {
        self.state.authenticator.replace_service_keys(new);
        self.state
            .metrics
            .auth
            .replace_keys(&counted_keys(in_use), &counted_keys(new));
        let are_not_in = |one: &[ServiceKeyConfig], other: &[ServiceKeyConfig]| {
            let names = one
                .iter()
                .filter(|key| !other.contains(key))
                .map(|key| key.name.as_str());
            names.collect::<Vec<_>>().join(",")
        };
        tracing::info!(
            added = are_not_in(new, in_use),
            removed = are_not_in(in_use, new),
            "service keys changed"
        );
        Ok(())
    }
}
