//! The file of an enrolled session: only its owner may read it, it is replaced as a whole, and a process that uses it holds
//! its lock, so that several processes may share it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clerk::ClientSession;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::token::private_file::{self, LockFault, PATIENCE};

/// A session, and a hash of the ticket that it was created with.
#[derive(Clone, Debug)]
pub(super) struct SavedSession {
    /// The SHA-256 of the ticket.
    pub(super) enrolled_with: String,
    pub(super) session: ClientSession,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    enrolled_with: String,
    session: Box<RawValue>,
}

/// The path of a session file, and how long to wait for its lock.
#[derive(Clone, Debug)]
pub(super) struct SessionFile {
    path: PathBuf,
    pub(super) patience: Duration,
}

/// The session file, while this process holds its lock.
#[derive(Debug)]
pub(super) struct LockedFile {
    path: PathBuf,
    /// The lock ends when the file is closed.
    _lock: File,
}

/// The session file cannot be used. Never contains its content.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionFileError {
    /// The text has the fault of the operating system in it, so that is not the source.
    #[error("the session file {path} cannot be {action}: {fault}")]
    Io {
        path: PathBuf,
        action: &'static str,
        fault: io::Error,
    },
    #[error("the session file {0} can be read by other users")]
    Open(PathBuf),
    #[error("the session file {0} is damaged or has another version")]
    Damaged(PathBuf),
    #[error("another process has kept the session file {path} locked for {} s", waited.as_secs())]
    Busy { path: PathBuf, waited: Duration },
}

impl SessionFileError {
    /// What to do about it.
    pub(super) const fn remedy(&self) -> &'static str {
        match self {
            Self::Io { .. } => "check AITHER_SESSION_FILE and its directory",
            Self::Open(_) => "restrict it with chmod 600",
            Self::Damaged(_) => "remove it and enrol again",
            Self::Busy { .. } => "try again, or end that process",
        }
    }

    /// Whether it may pass by itself.
    pub(super) const fn is_transient(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }
}

impl SessionFile {
    pub(super) fn new(path: PathBuf) -> Self {
        let patience = PATIENCE;
        Self { path, patience }
    }

    /// Waits for the lock of the file, because another process may be minting.
    pub(super) async fn lock(&self) -> Result<LockedFile, SessionFileError> {
        let path = self.path.clone();
        match private_file::lock(&path, self.patience).await {
            Ok(lock) => Ok(LockedFile { path, _lock: lock }),
            Err(LockFault::Io(fault)) => Err(failed(&path, "locked", fault)),
            Err(LockFault::Busy) => Err(SessionFileError::Busy {
                path,
                waited: self.patience,
            }),
        }
    }
}

impl LockedFile {
    /// The saved session; `None` if there is no file yet.
    pub(super) fn read(&self) -> Result<Option<SavedSession>, SessionFileError> {
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file.map_err(|fault| failed(&self.path, "read", fault))?,
        };
        let is_private =
            private_file::is_private(&file).map_err(|fault| failed(&self.path, "read", fault))?;
        if !is_private {
            return Err(SessionFileError::Open(self.path.clone()));
        }
        let text = io::read_to_string(file).map_err(|fault| failed(&self.path, "read", fault))?;
        let text = SecretString::from(text);
        let saved = SavedSession::parse(text.expose_secret());
        saved
            .map(Some)
            .ok_or_else(|| SessionFileError::Damaged(self.path.clone()))
    }

    /// Replaces the file. At every moment either the old or the new one is there as a whole.
    pub(super) fn write(&self, saved: &SavedSession) -> Result<(), SessionFileError> {
        self.replace(saved)
            .map_err(|fault| failed(&self.path, "written", fault))
    }

    fn replace(&self, saved: &SavedSession) -> io::Result<()> {
        private_file::replace(&self.path, saved.to_json()?.expose_secret().as_bytes())
    }
}

impl SavedSession {
    fn parse(text: &str) -> Option<Self> {
        let content: Content = serde_json::from_str(text).ok()?;
        Some(Self {
            enrolled_with: content.enrolled_with,
            session: ClientSession::parse(content.session.get()).ok()?,
        })
    }

    fn to_json(&self) -> io::Result<SecretString> {
        let session = self.session.to_json();
        let content = Content {
            enrolled_with: self.enrolled_with.clone(),
            session: RawValue::from_string(session.expose_secret().to_owned())?,
        };
        Ok(SecretString::from(serde_json::to_string(&content)?))
    }
}

fn failed(path: &Path, action: &'static str, fault: io::Error) -> SessionFileError {
    SessionFileError::Io {
        path: path.to_owned(),
        action,
        fault,
    }
}
