//! The file that an enrolled session is kept in: one owner may read it, it is replaced as a whole, and whoever uses
//! it holds its lock, so that several processes may share it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clerk::ClientSession;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What is kept: the session, and which ticket it was begun with.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// What the ticket is recognized by: its SHA-256.
    pub(super) enrolled_with: String,
    pub(super) session: ClientSession,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    enrolled_with: String,
    session: Box<RawValue>,
}

/// Where a session is kept.
#[derive(Clone, Debug)]
pub(super) struct SessionFile(PathBuf);

/// The session's file, while nobody else uses it.
#[derive(Debug)]
pub(super) struct LockedFile {
    path: PathBuf,
    /// Unlocked when it is closed.
    _lock: File,
}

/// The file of the session cannot be used. Never carries what is in it.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionFileError {
    #[error(
        "the session file {path} cannot be {action}: {source}; check AITHER_SESSION_FILE and its directory"
    )]
    Io {
        path: PathBuf,
        action: &'static str,
        source: io::Error,
    },
    #[error("the session file {0} can be read by others; take it from them: chmod 600")]
    Open(PathBuf),
    #[error("the session file {0} is damaged or of another version; remove it and enrol anew")]
    Damaged(PathBuf),
}

impl SessionFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Waits until nobody else uses the file. On a thread of its own, because another process may be minting.
    pub(super) async fn lock(&self) -> Result<LockedFile, SessionFileError> {
        let path = self.0.clone();
        let locked = tokio::task::spawn_blocking(move || LockedFile::open(path)).await;
        locked.unwrap_or_else(|ended| Err(failed(&self.0, "locked", io::Error::other(ended))))
    }
}

impl LockedFile {
    fn open(path: PathBuf) -> Result<Self, SessionFileError> {
        let lock = owners(OpenOptions::new().write(true).create(true))
            .open(beside(&path, "lock"))
            .and_then(|file| file.lock().map(|()| file));
        match lock {
            Ok(lock) => Ok(Self { path, _lock: lock }),
            Err(source) => Err(failed(&path, "locked", source)),
        }
    }

    /// What is kept, or nothing where there is no file yet.
    pub(super) fn read(&self) -> Result<Option<Kept>, SessionFileError> {
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file.map_err(|source| failed(&self.path, "read", source))?,
        };
        let is_private = is_private(&file).map_err(|source| failed(&self.path, "read", source))?;
        if !is_private {
            return Err(SessionFileError::Open(self.path.clone()));
        }
        let text = io::read_to_string(file).map_err(|source| failed(&self.path, "read", source))?;
        let text = SecretString::from(text);
        let kept = Kept::parse(text.expose_secret());
        kept.map(Some)
            .ok_or_else(|| SessionFileError::Damaged(self.path.clone()))
    }

    /// Puts a new file in the place of the old one. Whatever happens on the way, one of the two is there, whole.
    pub(super) fn write(&self, kept: &Kept) -> Result<(), SessionFileError> {
        self.replace(kept)
            .map_err(|source| failed(&self.path, "written", source))
    }

    fn replace(&self, kept: &Kept) -> io::Result<()> {
        let new = beside(&self.path, "new");
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = owners(OpenOptions::new().write(true).create_new(true)).open(&new)?;
        file.write_all(kept.to_json()?.expose_secret().as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &self.path)
    }
}

impl Kept {
    fn parse(text: &str) -> Option<Self> {
        let stored: Stored = serde_json::from_str(text).ok()?;
        Some(Self {
            enrolled_with: stored.enrolled_with,
            session: ClientSession::parse(stored.session.get()).ok()?,
        })
    }

    fn to_json(&self) -> io::Result<SecretString> {
        let session = self.session.to_json();
        let stored = Stored {
            enrolled_with: self.enrolled_with.clone(),
            session: RawValue::from_string(session.expose_secret().to_owned())?,
        };
        Ok(SecretString::from(serde_json::to_string(&stored)?))
    }
}

fn failed(path: &Path, action: &'static str, source: io::Error) -> SessionFileError {
    SessionFileError::Io {
        path: path.to_owned(),
        action,
        source,
    }
}

/// A file of this name with something after it, in the same directory.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// Nobody but the owner may read what is created.
#[cfg(unix)]
fn owners(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn owners(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn is_private(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    // The lowest six bits are those of the group and of everybody.
    Ok(file.metadata()?.permissions().mode().trailing_zeros() >= 6)
}

/// Elsewhere the directory's own rules decide who may read.
#[cfg(not(unix))]
fn is_private(_: &File) -> io::Result<bool> {
    Ok(true)
}
