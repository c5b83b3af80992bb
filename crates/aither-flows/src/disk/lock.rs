//! One user at a time.

use std::fs::{File, TryLockError};

use super::DiskError;

/// A lock of the operating system on an open file. It ends when the last reference to it is dropped, and with the process at
/// the latest, however that ends.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

/// Why there is no lock.
#[derive(Debug)]
pub(crate) enum LockError {
    /// Another process, or another run in this one, has it.
    Taken,
    /// The file could not be opened or locked.
    Disk(DiskError),
}

impl Lock {
    /// Locks a file that has just been opened, without waiting.
    pub(super) fn of(file: File) -> Result<Self, TryLockError> {
        file.try_lock()?;
        Ok(Self { file })
    }

    /// The file.
    pub(crate) const fn file(&self) -> &File {
        &self.file
    }
}

impl From<DiskError> for LockError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}
