//! The secret key of a local Clerk, with another one in its place.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::sleep;

use super::emulator::Emulator;
use super::secret_file::SecretFile;
use crate::admin::Failure;

/// What the look at a file takes beyond its interval.
const READ_WITHIN: Duration = Duration::from_millis(500);

/// The key of before, and what has taken its place.
#[derive(Clone)]
pub(super) struct ClerkKey {
    pub(super) file: SecretFile,
    pub(super) old: SecretString,
    pub(super) new: SecretString,
    /// How often the server looks at the file.
    pub(super) interval: Duration,
}

impl ClerkKey {
    /// In the order in which no call fails: the old key at Clerk, then in the file, and when the server has read that, the new
    /// one away.
    pub(super) async fn give_back(&self, emulator: &Emulator) -> Result<(), Failure> {
        emulator.add_secret_key(Some(&self.old)).await?;
        self.file.give_back()?;
        sleep(self.takes()).await;
        emulator.remove_secret_key(&self.new).await
    }

    /// How long the server takes to follow.
    pub(super) fn takes(&self) -> Duration {
        self.interval + READ_WITHIN
    }
}

impl fmt::Debug for ClerkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClerkKey")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}
