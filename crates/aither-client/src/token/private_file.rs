//! Files that only their owner may read, and that are replaced as a whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long to wait for the lock of another process: longer than a sign-in or a mint usually takes, and shorter than the time
/// that a request for a token has, so that the reason is known before that is over.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Between two attempts to get the lock.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(25);

/// Why there is no lock.
#[derive(Debug)]
pub(super) enum LockFault {
    Io(io::Error),
    /// Another process has kept it for all that time.
    Busy,
}

/// Waits for the lock beside `path`, `patience` at most. The lock ends when the file that is returned is closed, also by the
/// end of the process; the file stays.
pub(super) async fn lock(path: &Path, patience: Duration) -> Result<File, LockFault> {
    let mut options = OpenOptions::new();
    let options = owner_only(options.write(true).create(true));
    let lock = options.open(beside(path, "lock")).map_err(LockFault::Io)?;
    let mut waited = Duration::ZERO;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::Error(fault)) => return Err(LockFault::Io(fault)),
            Err(TryLockError::WouldBlock) if waited >= patience => return Err(LockFault::Busy),
            Err(TryLockError::WouldBlock) => {
                tokio::time::sleep(BETWEEN_ATTEMPTS).await;
                waited += BETWEEN_ATTEMPTS;
            }
        }
    }
}

/// Replaces the file. At every moment either the old or the new one is there as a whole. The caller holds the lock.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let new = beside(path, "new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = owner_only(OpenOptions::new().write(true).create_new(true)).open(&new)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&new, path)
}

/// The path with a suffix appended, in the same directory.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

/// Only the owner may read a file created with these options.
#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Whether only the owner may read or write the file.
#[cfg(unix)]
pub(super) fn is_private(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    // The lowest six bits are those of the group and of all others.
    Ok(file.metadata()?.permissions().mode().trailing_zeros() >= 6)
}

/// On other systems the rules of the directory decide who may read.
#[cfg(not(unix))]
pub(super) fn is_private(_: &File) -> io::Result<bool> {
    Ok(true)
}

/// Creates a directory, with those above it, that only its owner may enter. One that exists stays as it is.
pub(super) fn create_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Whether the directory is this user's, and no other user but root may put files into it.
#[cfg(unix)]
pub(super) fn is_own_dir(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let directory = fs::metadata(path)?;
    Ok(directory.uid() == nix::unistd::geteuid().as_raw() && directory.mode() & 0o022 == 0)
}

#[cfg(not(unix))]
pub(super) fn is_own_dir(_: &Path) -> io::Result<bool> {
    Ok(true)
}
