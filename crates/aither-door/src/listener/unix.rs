//! A socket in the file system, for programs of our own user.
//!
//! Its directory must be ours alone, so that no other user can reach the socket between its creation and the change of its mode, or put
//! another one in its place. A lock beside it, which dies with its process, says whether a socket that is there is in use.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use nix::unistd::Uid;

use crate::error::BindError;

/// The mode of the socket and of its lock.
const OURS_ALONE: u32 = 0o600;

/// A socket that is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    /// Which file the socket is, so that no other is removed.
    inode: u64,
    /// The lock ends when the file is closed. The file stays: removing it would leave two doors with a lock each.
    _lock: File,
}

/// Creates a socket that only our user can reach.
pub(crate) fn bind(path: &Path) -> Result<(UnixListener, SocketFile), BindError> {
    check_directory(path)?;
    let lock = lock(path)?;
    remove_stale(path)?;
    let failed = |fault| BindError::Socket {
        path: path.to_owned(),
        fault,
    };
    let listener = UnixListener::bind(path).map_err(failed)?;
    fs::set_permissions(path, Permissions::from_mode(OURS_ALONE)).map_err(failed)?;
    let inode = fs::symlink_metadata(path).map_err(failed)?.ino();
    let file = SocketFile {
        path: path.to_owned(),
        inode,
        _lock: lock,
    };
    Ok((listener, file))
}

impl SocketFile {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let is_ours = fs::symlink_metadata(&self.path).is_ok_and(|metadata| metadata.ino() == self.inode);
        // What cannot be removed is removed by the next door.
        if is_ours {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The directory is ours, and no other user may enter it.
fn check_directory(path: &Path) -> Result<(), BindError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = parent.unwrap_or(Path::new(".")).to_owned();
    let metadata = fs::metadata(&directory).and_then(|metadata| {
        let is_directory = metadata.is_dir();
        is_directory
            .then_some(metadata)
            .ok_or_else(|| io::Error::from(io::ErrorKind::NotADirectory))
    });
    let metadata = match metadata {
        Ok(metadata) => metadata,
        Err(fault) => {
            return Err(BindError::NoDirectory {
                path: directory,
                fault,
            });
        }
    };
    let (mode, owner) = (metadata.mode() & 0o7777, metadata.uid());
    if mode & 0o077 != 0 || owner != Uid::effective().as_raw() {
        return Err(BindError::OpenDirectory {
            path: directory,
            mode,
            owner,
        });
    }
    Ok(())
}

fn lock(path: &Path) -> Result<File, BindError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let failed = |fault| BindError::Socket {
        path: path.to_owned(),
        fault,
    };
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(OURS_ALONE)
        .open(&beside)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BindError::SocketInUse(path.to_owned())),
        Err(TryLockError::Error(fault)) => Err(failed(fault)),
    }
}

/// Removes the socket of a door that was killed. The door that holds the lock is the only one here.
fn remove_stale(path: &Path) -> Result<(), BindError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.file_type().is_socket() => {
            fs::remove_file(path).map_err(|fault| BindError::Socket {
                path: path.to_owned(),
                fault,
            })
        }
        Ok(_) => Err(BindError::NotASocket(path.to_owned())),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(fault) => Err(BindError::Socket {
            path: path.to_owned(),
            fault,
        }),
    }
}
