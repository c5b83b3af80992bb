//! A file that is written beside its place first.

use std::fs::File;
use std::io::Write as _;

use nix::fcntl::{OFlag, openat, renameat};
use nix::sys::stat::fchmod;
use nix::unistd::{UnlinkatFlags, unlinkat};
use tracing::trace;

use super::folder::{AS_IT_IS, FILE_MODE, Folder};
use super::{DiskError, LOG};

/// New content of a file: durable under a temporary name in the same folder, until it is published or dropped.
#[derive(Debug)]
#[must_use = "content that is not published is removed"]
pub(crate) struct Staged<'a> {
    folder: &'a Folder,
    name: String,
    is_published: bool,
}

impl<'a> Staged<'a> {
    /// Writes the content and waits until it is on the disk.
    pub(crate) fn write(folder: &'a Folder, name: &str, content: &[u8]) -> Result<Self, DiskError> {
        let temporary = Self::temporary(name);
        // What a crash has left, or what another program has put there, is not written to.
        folder.remove(&temporary)?;
        let path = folder.path_of(&temporary);
        let flags = AS_IT_IS | OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL;
        let descriptor = openat(&folder.descriptor, temporary.as_str(), flags, FILE_MODE)
            .map_err(|error| DiskError::new(&path, "written", error))?;
        let staged = Self {
            folder,
            name: name.to_owned(),
            is_published: false,
        };
        trace!(target: LOG, path = %path.display(), "temporary file is made");
        // The mask of the process has taken rights from the mode, maybe too many.
        fchmod(&descriptor, FILE_MODE).map_err(|error| DiskError::new(&path, "made private", error))?;
        let mut file = File::from(descriptor);
        file.write_all(content)
            .and_then(|()| file.sync_all())
            .map_err(|error| DiskError::new(&path, "written", error))?;
        trace!(target: LOG, path = %path.display(), "temporary file is durable");
        Ok(staged)
    }

    /// Puts the content in its place: at once, so that a reader sees the old content or the new. It is durable after
    /// [`Folder::sync`].
    pub(crate) fn publish(mut self) -> Result<(), DiskError> {
        let (folder, temporary) = (self.folder, Self::temporary(&self.name));
        let path = folder.path_of(&self.name);
        renameat(
            &folder.descriptor,
            temporary.as_str(),
            &folder.descriptor,
            self.name.as_str(),
        )
        .map_err(|error| DiskError::new(&path, "replaced", error))?;
        self.is_published = true;
        trace!(target: LOG, path = %path.display(), "file is replaced");
        Ok(())
    }

    /// The name under which the content of a file is written first.
    pub(crate) fn temporary(name: &str) -> String {
        format!(".{name}.new")
    }
}

/// Without a trace; what a crash leaves is removed by the next run.
impl Drop for Staged<'_> {
    fn drop(&mut self) {
        if !self.is_published {
            let temporary = Self::temporary(&self.name);
            let _ = unlinkat(
                &self.folder.descriptor,
                temporary.as_str(),
                UnlinkatFlags::NoRemoveDir,
            );
        }
    }
}
