//! Reads files of secrets, within bounds of time and size.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::secret::Secret;

/// How long the files of a secret may take to be read. A file system that hangs must not hold up a watcher.
const DEADLINE: Duration = Duration::from_secs(5);

/// The most bytes of a file. Keys, certificates and addresses are far smaller.
const MAX_BYTES: u64 = 1024 * 1024;

/// Reads one secret, by one thread at a time.
#[derive(Clone, Debug)]
pub(super) struct Reader(Arc<Semaphore>);

impl Reader {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }

    /// What the files hold now, or what is wrong with them.
    pub(super) async fn read<S: Secret>(&self, secret: &Arc<S>) -> Result<S::Value, String> {
        let unread = || {
            let (setting, seconds) = (S::SETTING, DEADLINE.as_secs());
            format!(
                "{setting}: names a file that could not be read within {seconds} s; look at its file system"
            )
        };
        // A read that hangs keeps its permit, so that no more threads hang behind it.
        let Ok(permit) = Arc::clone(&self.0).try_acquire_owned() else {
            return Err(unread());
        };
        let secret = Arc::clone(secret);
        let reading = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            for (setting, file) in secret.files() {
                check(&file).map_err(|problem| format!("{setting}: {problem}"))?;
            }
            secret.read()
        });
        match tokio::time::timeout(DEADLINE, reading).await {
            Ok(Ok(value)) => value,
            Ok(Err(_)) | Err(_) => Err(unread()),
        }
    }
}

/// Whether all of these are files, which can be read again. One that is not there may come back.
pub(super) fn are_files(paths: &[(&str, PathBuf)]) -> bool {
    paths
        .iter()
        .all(|(_, path)| fs::metadata(path).map_or(true, |found| found.is_file()))
}

fn check(path: &Path) -> Result<(), String> {
    let found =
        fs::metadata(path).map_err(|error| format!("names a file that cannot be read ({})", error.kind()))?;
    if !found.is_file() {
        return Err("names something that is not a file; put the secret into a file there".to_owned());
    }
    if found.len() > MAX_BYTES {
        return Err(format!(
            "names a file of more than {MAX_BYTES} bytes; put the secret alone into it"
        ));
    }
    Ok(())
}
