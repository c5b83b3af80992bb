//! A file of the server's with a secret: replaced in one step, and given back as it was.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use crate::admin::Failure;

/// What the file is called while another stands in its place: a drill that was killed leaves it.
const BEFORE: &str = ".before-drill";
const NEW: &str = ".of-drill";

/// Such a file. Nothing of its content is printed.
#[derive(Clone, Debug)]
pub(super) struct SecretFile {
    path: PathBuf,
    before: PathBuf,
}

impl SecretFile {
    /// The file at this path, or where a link there leads.
    ///
    /// # Errors
    /// If it cannot be read, or a drill that was killed has left it replaced.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let path = fs::canonicalize(path).map_err(|error| {
            format!(
                "{shown} cannot be opened ({}): run the drill where the server's file is",
                error.kind()
            )
        })?;
        let file = Self {
            before: beside(&path, BEFORE),
            path,
        };
        if file.before.exists() {
            return Err(format!(
                "a drill that was killed has left {shown} replaced: {}",
                file.remedy()
            )
            .into());
        }
        file.read()?;
        Ok(file)
    }

    pub(super) fn shown(&self) -> String {
        self.path.display().to_string()
    }

    /// What is in it now.
    pub(super) fn read(&self) -> Result<SecretString, Failure> {
        let text = fs::read_to_string(&self.path);
        let text = text.map_err(|error| format!("{} cannot be read ({})", self.shown(), error.kind()))?;
        Ok(text.into())
    }

    /// Puts another content in its place, with the same owner and mode. The file itself is kept beside it.
    ///
    /// # Errors
    /// If the folder may not be written to. Nothing has changed then.
    pub(super) fn replace(&self, content: &SecretString) -> Result<(), Failure> {
        let new = beside(&self.path, NEW);
        let written = self.write(&new, content).and_then(|()| {
            fs::hard_link(&self.path, &self.before)?;
            fs::rename(&new, &self.path)
        });
        written.map_err(|error| {
            let _ = fs::remove_file(&new);
            format!(
                "{} cannot be replaced ({}): run the drill as its owner, or as root",
                self.shown(),
                error.kind()
            )
            .into()
        })
    }

    fn write(&self, new: &Path, content: &SecretString) -> std::io::Result<()> {
        let as_it_is = fs::metadata(&self.path)?;
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(new)?;
        file.write_all(content.expose_secret().as_bytes())?;
        file.sync_all()?;
        let made = file.metadata()?;
        if (made.uid(), made.gid()) != (as_it_is.uid(), as_it_is.gid()) {
            chown(new, Some(as_it_is.uid()), Some(as_it_is.gid()))?;
        }
        fs::set_permissions(new, fs::Permissions::from_mode(as_it_is.permissions().mode()))
    }

    /// Puts the file itself back. Does nothing where it is there.
    pub(super) fn give_back(&self) -> Result<(), Failure> {
        if !self.before.exists() {
            return Ok(());
        }
        fs::rename(&self.before, &self.path)
            .map_err(|error| format!("{} cannot be put back ({})", self.shown(), error.kind()).into())
    }

    /// The command that does the same.
    pub(super) fn remedy(&self) -> String {
        format!("mv '{}' '{}'", self.before.display(), self.path.display())
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_with(text: &str) -> (tempfile::TempDir, SecretFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let file = SecretFile::open(&path).unwrap();
        (folder, file)
    }

    fn content(file: &SecretFile) -> String {
        file.read().unwrap().expose_secret().to_owned()
    }

    #[test]
    fn a_file_is_replaced_with_its_mode_and_given_back_whole() {
        let (folder, file) = file_with("old");
        let before = fs::metadata(&file.path).unwrap();
        file.replace(&"new".to_owned().into()).unwrap();
        assert_eq!(content(&file), "new");
        assert_eq!(fs::metadata(&file.path).unwrap().mode(), before.mode());
        // Another drill does not take what this one has put there for the server's own.
        assert!(SecretFile::open(&file.path).is_err());
        file.give_back().unwrap();
        assert_eq!(content(&file), "old");
        assert_eq!(fs::metadata(&file.path).unwrap().ino(), before.ino());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        file.give_back().unwrap();
        assert_eq!(content(&file), "old");
    }

    #[test]
    fn a_link_is_followed_and_stays() {
        let (folder, file) = file_with("old");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&file.path, &link).unwrap();
        let linked = SecretFile::open(&link).unwrap();
        linked.replace(&"new".to_owned().into()).unwrap();
        assert_eq!(fs::read_to_string(&link).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        linked.give_back().unwrap();
        assert_eq!(fs::read_to_string(&link).unwrap(), "old");
    }
}
