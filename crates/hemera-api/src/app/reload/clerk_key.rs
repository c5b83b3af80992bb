//! The file of Clerk's secret key.

use std::path::PathBuf;

use clerk::SecretKey;

use super::secret::{NotUsed, Secret};
use crate::auth::ClerkKeyFault;
use crate::config::SecretsConfig;
use crate::http::state::AppState;
use crate::metrics::SecretName;

/// `CLERK_SECRET_KEY_FILE`.
pub(super) struct ClerkKeyFile {
    file: PathBuf,
    config: SecretsConfig,
    state: AppState,
}

impl ClerkKeyFile {
    pub(super) fn new(file: PathBuf, config: SecretsConfig, state: AppState) -> Self {
        Self { file, config, state }
    }
}

impl Secret for ClerkKeyFile {
    type Value = SecretKey;

    const NAME: SecretName = SecretName::ClerkSecretKey;
    const SETTING: &'static str = "CLERK_SECRET_KEY_FILE";

    fn files(&self) -> Vec<(&'static str, PathBuf)> {
        vec![(Self::SETTING, self.file.clone())]
    }

    fn read(&self) -> Result<SecretKey, String> {
        self.config
            .read_clerk_secret_key()
            .map_err(|faults| faults.in_one_line())
    }

    async fn replace(&self, _: &SecretKey, new: &SecretKey) -> Result<(), NotUsed> {
        let replaced = self.state.authenticator.replace_clerk_key(new).await;
        replaced.map_err(|fault| NotUsed {
            text: format!("{}: {fault}", Self::SETTING),
            passes: matches!(fault, ClerkKeyFault::OutOfReach(_)),
        })
    }
}
