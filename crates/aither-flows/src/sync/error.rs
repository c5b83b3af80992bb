//! Why a sync did not end.

use std::path::PathBuf;

use aither_client::Error;

use crate::blocking::Stopped;
use crate::disk::{DiskError, LockError};

/// Why a run did not end. The text says what to do; the cause is the [`source`](std::error::Error::source).
///
/// Whatever it is: each file has its old content or its new one, and the next run continues.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// Another run uses the directory.
    #[error("{} is in use by another sync: wait until it has ended, or take another directory", directory.display())]
    Busy {
        /// The directory.
        directory: PathBuf,
    },
    /// The directory has files that a sync would replace, and that no sync has written.
    #[error("{} is not empty and was not made by a sync: give a new or an empty directory", directory.display())]
    NotOurs {
        /// The directory.
        directory: PathBuf,
    },
    /// The directory was written by a later version of this crate.
    #[error("{} was written by a later version (format {format}): run that version, or take another directory", directory.display())]
    NewerFormat {
        /// The directory.
        directory: PathBuf,
        /// The format of its manifest.
        format: u32,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A call to Hemera failed.
    #[error(transparent)]
    Hemera(#[from] Error),
    /// The runtime stopped during the run.
    #[error("the program ended during the sync: run it again, it continues")]
    Stopped,
    /// What Hemera sent could not be written as JSON.
    #[error("a response of Hemera could not be stored: report it with its cause")]
    Unstorable(#[source] serde_json::Error),
}

impl From<Stopped> for SyncError {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

impl SyncError {
    pub(super) fn of_lock(error: LockError, directory: PathBuf) -> Self {
        match error {
            LockError::Taken => Self::Busy { directory },
            LockError::Disk(error) => Self::Disk(error),
        }
    }
}
