//! Where the session of a service user is kept between processes.

use std::error::Error;
use std::fmt;
use std::pin::Pin;

/// The future that [`SessionStore::lock`] returns: boxed, so that stores can be used as `dyn SessionStore`.
pub type LockFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Box<dyn LockedSession>, SessionStoreError>> + Send + 'a>>;

/// Keeps the id of one user's session, so that a process can go on with the session of an earlier one instead of signing in.
///
/// With a session id alone no token can be minted: that takes the secret key. It is still no text for others, because it names
/// the user's session in Clerk's log.
///
/// A store is optional in use: where it fails, the process signs in for itself, and a warning is logged.
///
/// `Debug` is required because the service user's `Debug` shows its store.
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// Takes the store for this process alone, until the result is dropped: of processes that start together, one signs in
    /// while the others wait for its session. Must end within a bounded time, with an error if another process keeps the
    /// store for longer.
    fn lock(&self) -> LockFuture<'_>;
}

/// A store that no other process uses until this is dropped. Also when the process dies: a lock that remains would keep all
/// others waiting.
pub trait LockedSession: fmt::Debug + Send + Sync {
    /// The id of the session that was saved; `None` if there is none, or none that can be used.
    fn load(&self) -> Result<Option<String>, SessionStoreError>;

    /// Replaces the id. At every moment either the old or the new one is there as a whole.
    fn save(&mut self, session_id: &str) -> Result<(), SessionStoreError>;

    /// Removes the id. Succeeds if there is none.
    fn remove(&mut self) -> Result<(), SessionStoreError>;
}

/// A store cannot be used.
///
/// `Display` is one line with the cause in it; it ends with what to do.
#[derive(Debug)]
pub struct SessionStoreError(Box<dyn Error + Send + Sync>);

impl SessionStoreError {
    /// The text of `cause` must be one line that says what to do.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for SessionStoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// `Display` shows the cause itself, so the chain continues with the cause of the cause.
impl Error for SessionStoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}
