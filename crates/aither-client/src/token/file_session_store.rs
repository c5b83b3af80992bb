//! The session of a service user in a file, for short programs that follow each other.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clerk::{LockFuture, LockedSession, SessionStore, SessionStoreError};
use serde::{Deserialize, Serialize};

use super::private_file::{self, LockFault, PATIENCE};

/// The version of the document that is written. Another one counts as none, and is replaced.
const VERSION: u32 = 1;

/// More than any session file has: a larger one is none.
const MAX_BYTES: u64 = 4096;

/// A session id of Clerk's is much shorter.
const MAX_ID_BYTES: usize = 255;

/// Keeps the session of a service user in a file, so that programs which run one after another sign in once.
///
/// The file is readable by its owner only (0600), in a directory that is made for its owner only (0700), and it is replaced
/// as a whole. A directory of another user, or one that others may write into, is not used. It has the session's id, with which no token can be minted without the secret key. A process that signs in
/// holds a lock beside the file, so of processes that start together one signs in. A damaged file counts as none.
///
/// ```
/// use std::sync::Arc;
/// use aither_client::FileSessionStore;
/// use aither_client::clerk::{BackendApi, FrontendApi, SecretKey, ServiceUser};
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let backend = BackendApi::builder(SecretKey::parse("sk_live_…")?).build()?;
/// # let frontend = FrontendApi::builder("https://clerk.hemera.example".parse()?).build()?;
/// let store = FileSessionStore::new("/home/aither/.local/state/aither", "session-hemera.json");
/// let user = ServiceUser::builder(backend, frontend, "aither-service@hemera-academy.com")
///     .with_session_store(Arc::new(store))
///     .build();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FileSessionStore {
    directory: PathBuf,
    path: PathBuf,
    patience: Duration,
}

/// The store, while this process holds its lock.
#[derive(Debug)]
struct LockedFile {
    path: PathBuf,
    _lock: File,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Content {
    version: u32,
    session_id: String,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
enum StoreFault {
    #[error("{} cannot be {action} ({}): check AITHER_STATE_DIR, or set it to `none`", path.display(), fault.kind())]
    Io {
        path: PathBuf,
        action: &'static str,
        #[source]
        fault: io::Error,
    },
    #[error("{} is another user's, or other users may write into it: restrict it with chmod 700, or set AITHER_STATE_DIR to another directory", .0.display())]
    Shared(PathBuf),
    #[error("another process has kept {} locked for {} s: try again, or end that process", path.display(), waited.as_secs())]
    Busy { path: PathBuf, waited: Duration },
}

impl FileSessionStore {
    /// A store in the file `name` of `directory`. Both are made when a session is first saved. The name must be another one for
    /// each instance of Clerk and each user.
    pub fn new(directory: impl Into<PathBuf>, name: impl AsRef<Path>) -> Self {
        let directory = directory.into();
        Self {
            path: directory.join(name),
            directory,
            patience: PATIENCE,
        }
    }

    /// How long to wait for another process that signs in, at most. 10 s by default.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    async fn locked(&self) -> Result<LockedFile, StoreFault> {
        private_file::create_private_dir(&self.directory)
            .map_err(|fault| failed(&self.directory, "created", fault))?;
        let is_own = private_file::is_own_dir(&self.directory)
            .map_err(|fault| failed(&self.directory, "read", fault))?;
        if !is_own {
            return Err(StoreFault::Shared(self.directory.clone()));
        }
        let lock = private_file::lock(&self.path, self.patience).await;
        let lock = lock.map_err(|fault| match fault {
            LockFault::Io(fault) => failed(&self.path, "locked", fault),
            LockFault::Busy => StoreFault::Busy {
                path: self.path.clone(),
                waited: self.patience,
            },
        })?;
        Ok(LockedFile {
            path: self.path.clone(),
            _lock: lock,
        })
    }
}

impl SessionStore for FileSessionStore {
    fn lock(&self) -> LockFuture<'_> {
        Box::pin(async {
            let locked = self.locked().await.map_err(SessionStoreError::new)?;
            Ok(Box::new(locked) as Box<dyn LockedSession>)
        })
    }
}

impl LockedFile {
    /// The text of the file; `None` if there is no file, or none that only its owner may read.
    fn text(&self) -> io::Result<Option<String>> {
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        if !private_file::is_private(&file)? {
            tracing::warn!(path = %self.path.display(), "other users may read or write the session file: it is replaced");
            return Ok(None);
        }
        let mut bytes = Vec::new();
        file.take(MAX_BYTES).read_to_end(&mut bytes)?;
        Ok(String::from_utf8(bytes).ok())
    }
}

impl LockedSession for LockedFile {
    fn load(&self) -> Result<Option<String>, SessionStoreError> {
        let text = self
            .text()
            .map_err(|fault| SessionStoreError::new(failed(&self.path, "read", fault)))?;
        Ok(text.and_then(|text| parse(&text)))
    }

    fn save(&mut self, session_id: &str) -> Result<(), SessionStoreError> {
        let content = Content {
            version: VERSION,
            session_id: session_id.to_owned(),
        };
        let written = serde_json::to_vec(&content)
            .map_err(io::Error::other)
            .and_then(|bytes| private_file::replace(&self.path, &bytes));
        written.map_err(|fault| SessionStoreError::new(failed(&self.path, "written", fault)))
    }

    fn remove(&mut self) -> Result<(), SessionStoreError> {
        match fs::remove_file(&self.path) {
            Err(fault) if fault.kind() != io::ErrorKind::NotFound => {
                Err(SessionStoreError::new(failed(&self.path, "removed", fault)))
            }
            _ => Ok(()),
        }
    }
}

/// The id in the text of a file; `None` if it is damaged or of another version. The id becomes part of a path at Clerk.
fn parse(text: &str) -> Option<String> {
    let Content { version, session_id } = serde_json::from_str(text).ok()?;
    let is_id = |text: &str| {
        let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        !text.is_empty() && text.len() <= MAX_ID_BYTES && text.bytes().all(alphabet)
    };
    (version == VERSION && is_id(&session_id)).then_some(session_id)
}

fn failed(path: &Path, action: &'static str, fault: io::Error) -> StoreFault {
    StoreFault::Io {
        path: path.to_owned(),
        action,
        fault,
    }
}
