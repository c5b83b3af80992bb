//! What the disk refused.

use std::io;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

/// A file or directory that could not be used. The text says what to do; the cause is the
/// [`source`](std::error::Error::source).
#[derive(Debug, thiserror::Error)]
#[error("{} could not be {action}: {}", path.display(), advice(source))]
pub struct DiskError {
    /// The file or directory.
    pub path: PathBuf,
    /// What was tried: `written`, `read`, …
    action: &'static str,
    /// What the operating system said.
    source: io::Error,
}

impl DiskError {
    pub(crate) fn new(path: &Path, action: &'static str, source: impl Into<io::Error>) -> Self {
        Self {
            path: path.to_owned(),
            action,
            source: source.into(),
        }
    }

    /// What the operating system said.
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }

    /// Whether there is no room: the disk, a quota or a limit of the process is exhausted.
    pub fn is_full(&self) -> bool {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        matches!(self.kind(), StorageFull | QuotaExceeded | FileTooLarge)
    }
}

/// What to do about it.
fn advice(cause: &io::Error) -> &'static str {
    use io::ErrorKind as Kind;
    const IN_ITS_PLACE: &str = "a file or a symbolic link is in its place; remove that or take another place";
    // Of this one the standard library knows no kind yet.
    if cause.raw_os_error() == Some(Errno::ELOOP as i32) {
        return IN_ITS_PLACE;
    }
    match cause.kind() {
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => {
            "there is no room; make some and run it again"
        }
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => {
            "this user may not do that there; change the permissions or take another place"
        }
        Kind::NotFound => "it does not exist; check the path",
        Kind::NotADirectory => IN_ITS_PLACE,
        Kind::IsADirectory => "a directory is in its place; remove that or take another place",
        _ => "see the cause, then run it again",
    }
}
