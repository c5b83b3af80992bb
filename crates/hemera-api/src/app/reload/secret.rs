//! What a watcher needs to know of a secret.

use std::path::PathBuf;

use crate::metrics::SecretName;

/// A secret in one file or several that can be replaced while the server runs.
pub(super) trait Secret: Send + Sync + 'static {
    /// What the files hold, read and checked as far as that is possible without asking another service.
    type Value: Clone + PartialEq + Send + Sync + 'static;

    /// Its name in the log and in the metrics.
    const NAME: SecretName;

    /// The setting that names it, for faults of all its files.
    const SETTING: &'static str;

    /// The files, each with the setting that names it.
    fn files(&self) -> Vec<(&'static str, PathBuf)>;

    /// Reads the files as at the start. It may block.
    ///
    /// # Errors
    /// What is wrong, with the name of the setting and the remedy.
    fn read(&self) -> Result<Self::Value, String>;

    /// Uses a new value in place of the one in use, or says why not. It is dropped after half a minute.
    fn replace(
        &self,
        in_use: &Self::Value,
        new: &Self::Value,
    ) -> impl Future<Output = Result<(), NotUsed>> + Send;
}

/// Why a new value is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NotUsed {
    /// With the name of the setting and the remedy, and without the value.
    pub(super) text: String,
    /// Whether it may pass by itself: then the value is tried again.
    pub(super) passes: bool,
}
