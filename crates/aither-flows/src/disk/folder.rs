//! A directory that is held open, and its entries.

use std::fs::{DirBuilder, File, Permissions, TryLockError, set_permissions};
use std::io::{self, Read as _};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use nix::dir::{Dir, Type};
use nix::errno::Errno;
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::{FchmodatFlags, Mode, fchmod, fchmodat, fstat, mkdirat};
use nix::unistd::{UnlinkatFlags, unlinkat};
use tracing::trace;

use super::{DiskError, LOG, Lock, LockError};

/// What a file may be: read and written by its owner.
pub(super) const FILE_MODE: Mode = Mode::from_bits_truncate(0o600);
/// What a directory may be: used by its owner.
const FOLDER_MODE: Mode = Mode::from_bits_truncate(0o700);
/// An entry is opened as what it is: not through a symbolic link, and without waiting for the other end of a pipe.
pub(super) const AS_IT_IS: OFlag = OFlag::O_NOFOLLOW.union(OFlag::O_CLOEXEC).union(OFlag::O_NONBLOCK);

/// An open directory.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(super) descriptor: OwnedFd,
    /// For messages alone: an entry is never reached by its path.
    path: PathBuf,
}

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its name. Names that are not UTF-8 are none of ours.
    pub(crate) name: String,
    pub(crate) is_folder: bool,
}

impl Folder {
    /// Opens the directory at a path that the caller gave, through symbolic links if it has some.
    pub(crate) fn open(path: &Path) -> Result<Self, DiskError> {
        let flags = OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let descriptor = nix::fcntl::open(path, flags, Mode::empty())
            .map_err(|error| DiskError::new(path, "opened", error))?;
        Ok(Self {
            descriptor,
            path: path.to_owned(),
        })
    }

    /// The same, and makes the directory if it is missing; its parent must exist. Says whether it was made.
    pub(crate) fn open_or_make(path: &Path) -> Result<(Self, bool), DiskError> {
        use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
        let private = Permissions::from_mode(FOLDER_MODE.bits());
        let made = DirBuilder::new()
            .mode(FOLDER_MODE.bits())
            .create(path)
            // The mask of the process may have taken the right to open it.
            .and_then(|()| set_permissions(path, private));
        let is_new = match made {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
            Err(error) => return Err(DiskError::new(path, "made", error)),
        };
        if is_new {
            trace!(target: LOG, path = %path.display(), "folder is made");
        }
        Ok((Self::open(path)?, is_new))
    }

    /// A folder in this one. `None` if it does not exist.
    pub(crate) fn folder(&self, name: &str) -> Result<Option<Self>, DiskError> {
        let path = self.path_of(name);
        let flags = AS_IT_IS | OFlag::O_DIRECTORY;
        match openat(&self.descriptor, name, flags, Mode::empty()) {
            Ok(descriptor) => Ok(Some(Self { descriptor, path })),
            Err(Errno::ENOENT) => Ok(None),
            Err(error) => Err(DiskError::new(&path, "opened as a directory", error)),
        }
    }

    /// A folder in this one, which is made if it is missing.
    pub(crate) fn folder_or_new(&self, name: &str) -> Result<Self, DiskError> {
        if let Some(folder) = self.folder(name)? {
            return Ok(folder);
        }
        let path = self.path_of(name);
        mkdirat(&self.descriptor, name, FOLDER_MODE)
            // The mask of the process may have taken the right to open it.
            .and_then(|()| fchmodat(&self.descriptor, name, FOLDER_MODE, FchmodatFlags::FollowSymlink))
            .map_err(|error| DiskError::new(&path, "made", error))?;
        trace!(target: LOG, path = %path.display(), "folder is made");
        self.sync()?;
        let folder = self.folder(name)?;
        folder.ok_or_else(|| DiskError::new(&path, "made", io::Error::from(io::ErrorKind::NotFound)))
    }

    /// Takes all rights from all others, if they have any. Says whether they had.
    pub(crate) fn make_private(&self) -> Result<bool, DiskError> {
        let failed = |error| DiskError::new(&self.path, "made private", error);
        let mode = fstat(&self.descriptor).map_err(failed)?.st_mode;
        let is_open = mode & 0o777 != FOLDER_MODE.bits();
        if is_open {
            fchmod(&self.descriptor, FOLDER_MODE).map_err(failed)?;
            trace!(target: LOG, path = %self.path.display(), "folder is made private");
        }
        Ok(is_open)
    }

    /// Takes all rights from all others on a regular file, if it exists and they have any. Says whether they had.
    pub(crate) fn make_file_private(&self, name: &str) -> Result<bool, DiskError> {
        let Some(file) = self.file(name)? else {
            return Ok(false);
        };
        make_file_private(&file, &self.path_of(name))
    }

    /// All entries, in no order.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, DiskError> {
        let failed = |error| DiskError::new(&self.path, "listed", error);
        let mut dir = Dir::openat(
            &self.descriptor,
            ".",
            OFlag::O_DIRECTORY | OFlag::O_CLOEXEC,
            Mode::empty(),
        )
        .map_err(failed)?;
        let mut entries = Vec::new();
        for entry in dir.iter() {
            let entry = entry.map_err(failed)?;
            let Ok(name) = entry.file_name().to_str() else {
                continue;
            };
            if name != "." && name != ".." {
                entries.push(Entry {
                    name: name.to_owned(),
                    is_folder: self.is_folder(name, entry.file_type()),
                });
            }
        }
        Ok(entries)
    }

    /// Some file systems do not say in their lists what an entry is.
    fn is_folder(&self, name: &str, listed: Option<Type>) -> bool {
        match listed {
            Some(kind) => kind == Type::Directory,
            None => matches!(self.folder(name), Ok(Some(_))),
        }
    }

    /// Opens a regular file to read it. `None` if there is none of this name: nothing, or something else.
    pub(crate) fn file(&self, name: &str) -> Result<Option<File>, DiskError> {
        let path = self.path_of(name);
        let descriptor = match openat(&self.descriptor, name, AS_IT_IS | OFlag::O_RDONLY, Mode::empty()) {
            Ok(descriptor) => descriptor,
            // A symbolic link, a socket or a device without a driver.
            Err(Errno::ENOENT | Errno::ELOOP | Errno::ENXIO) => return Ok(None),
            Err(error) => return Err(DiskError::new(&path, "read", error)),
        };
        let file = File::from(descriptor);
        let metadata = file
            .metadata()
            .map_err(|error| DiskError::new(&path, "read", error))?;
        Ok(metadata.is_file().then_some(file))
    }

    /// The content of a regular file of at most `limit` bytes. `None` as for [`file`](Self::file), and for a larger one.
    pub(crate) fn read(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, DiskError> {
        let Some(file) = self.file(name)? else {
            return Ok(None);
        };
        let mut content = Vec::new();
        file.take(limit.saturating_add(1))
            .read_to_end(&mut content)
            .map_err(|error| DiskError::new(&self.path_of(name), "read", error))?;
        Ok(u64::try_from(content.len())
            .is_ok_and(|size| size <= limit)
            .then_some(content))
    }

    /// Removes an entry that is no folder, if it exists. Says whether it did.
    pub(crate) fn remove(&self, name: &str) -> Result<bool, DiskError> {
        self.unlink(name, UnlinkatFlags::NoRemoveDir)
    }

    /// Removes a folder, if it exists and is empty. Says whether it was removed.
    pub(crate) fn remove_folder(&self, name: &str) -> Result<bool, DiskError> {
        match self.unlink(name, UnlinkatFlags::RemoveDir) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(false),
            removed => removed,
        }
    }

    fn unlink(&self, name: &str, flags: UnlinkatFlags) -> Result<bool, DiskError> {
        let path = self.path_of(name);
        match unlinkat(&self.descriptor, name, flags) {
            Ok(()) => {
                trace!(target: LOG, path = %path.display(), "entry is removed");
                Ok(true)
            }
            Err(Errno::ENOENT) => Ok(false),
            Err(error) => Err(DiskError::new(&path, "removed", error)),
        }
    }

    /// Makes durable which entries there are.
    pub(crate) fn sync(&self) -> Result<(), DiskError> {
        let failed = |error: io::Error| DiskError::new(&self.path, "synchronized", error);
        let file = File::from(self.descriptor.try_clone().map_err(failed)?);
        file.sync_all().map_err(failed)?;
        trace!(target: LOG, path = %self.path.display(), "folder is durable");
        Ok(())
    }

    /// Locks this folder by a file of this name in it, which stays. It is made private, unless it has content. Does not wait.
    pub(crate) fn lock(&self, name: &str) -> Result<Lock, LockError> {
        let path = self.path_of(name);
        let flags = AS_IT_IS | OFlag::O_RDWR | OFlag::O_CREAT;
        let descriptor = openat(&self.descriptor, name, flags, FILE_MODE)
            .map_err(|error| DiskError::new(&path, "opened", error))?;
        let lock = Lock::of(File::from(descriptor)).map_err(|error| match error {
            TryLockError::WouldBlock => LockError::Taken,
            TryLockError::Error(error) => DiskError::new(&path, "locked", error).into(),
        })?;
        let metadata = lock.file().metadata();
        let size = metadata
            .map_err(|error| DiskError::new(&path, "read", error))?
            .len();
        // One with content may be another program's file.
        if size == 0 {
            make_file_private(lock.file(), &path)?;
        }
        Ok(lock)
    }

    /// The path of an entry, for messages.
    pub(crate) fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The path that this folder was opened by, for messages.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Takes all rights from all others on an open file, if they have any. Says whether they had.
fn make_file_private(file: &File, path: &Path) -> Result<bool, DiskError> {
    let failed = |error| DiskError::new(path, "made private", error);
    let mode = fstat(file).map_err(failed)?.st_mode;
    let is_open = mode & 0o777 != FILE_MODE.bits();
    if is_open {
        fchmod(file, FILE_MODE).map_err(failed)?;
        trace!(target: LOG, path = %path.display(), "file is made private");
    }
    Ok(is_open)
}
