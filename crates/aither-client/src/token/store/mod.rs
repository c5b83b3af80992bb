//! Tokens shared between processes, so that many processes mint one token per lifetime.
//!
//! [`SharedTokens`] stands between a cache and its source: it seals tokens, takes the lock to mint and decides which token
//! may be used. A [`TokenStore`] keeps sealed bytes and locks, and never sees a token.

mod entry;
mod memory;
mod mint_lock;
#[cfg(feature = "redis")]
mod redis;
mod seal;
mod shared;

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

pub use memory::MemoryTokenStore;
#[cfg(feature = "redis")]
pub use redis::{InvalidRedisUrl, RedisTokenStore};
pub use seal::{InvalidStoreKey, StoreKey, StoreKeys};
pub use shared::SharedTokens;

/// The future that the methods of [`TokenStore`] return: boxed, so that stores can be used as `dyn TokenStore`.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Bytes and locks that several processes share, each under a name.
///
/// Entries are sealed: an implementation cannot read them, and what it returns is used only if the seal is intact. Each
/// method is one request and ends within about a second, also when it fails: a store that hangs would delay callers that
/// can mint for themselves.
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// The entry under `name`, if its lifetime is not over.
    fn read<'a>(&'a self, name: &'a str) -> StoreFuture<'a, Option<SealedEntry>>;

    /// Stores `sealed` under `name` for `lifetime` and replaces an existing entry.
    fn write<'a>(&'a self, name: &'a str, sealed: &'a [u8], lifetime: Duration) -> StoreFuture<'a, ()>;

    /// Removes the entry under `name` if it equals `sealed`. Comparing and removing are one atomic step.
    fn remove<'a>(&'a self, name: &'a str, sealed: &'a [u8]) -> StoreFuture<'a, ()>;

    /// Takes the lock of `name` for `owner`. Returns whether it was taken; `false` means that another owner holds it. The
    /// lock expires after `lifetime`.
    fn claim<'a>(&'a self, name: &'a str, owner: &'a str, lifetime: Duration) -> StoreFuture<'a, bool>;

    /// Releases the lock of `name` if `owner` holds it. Comparing and removing are one atomic step.
    fn release<'a>(&'a self, name: &'a str, owner: &'a str) -> StoreFuture<'a, ()>;
}

/// An entry of a store.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedEntry {
    /// The sealed bytes, as they were written.
    pub sealed: Vec<u8>,
    /// The rest of its lifetime by the store's clock, which is the same for all readers.
    pub left: Duration,
}

/// Without the sealed bytes.
impl fmt::Debug for SealedEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedEntry")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

/// The store failed. Never contains an entry or the store's password.
#[derive(Debug, thiserror::Error)]
#[error("the shared token store cannot be used; check AITHER_TOKEN_STORE and that the store runs")]
pub struct StoreError {
    #[source]
    cause: Box<dyn Error + Send + Sync>,
}

impl StoreError {
    /// An error with this cause, whose text may be logged.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: cause.into() }
    }

    /// The text of the cause, for a log line next to the text of this error.
    pub(super) fn cause(&self) -> tracing::field::DisplayValue<&(dyn Error + Send + Sync)> {
        tracing::field::display(&*self.cause)
    }
}
