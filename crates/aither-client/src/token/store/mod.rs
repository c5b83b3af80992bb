//! Where processes leave minted tokens for each other, so that many of them mint once per lifetime.
//!
//! [`SharedTokens`] stands between a cache and its source: it seals tokens, takes turns and decides what may be used. A
//! [`TokenStore`] keeps sealed bytes and locks, and never sees a token.

mod claim;
mod entry;
mod memory;
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

/// What the methods of [`TokenStore`] return: boxed, so that stores can be kept as `dyn TokenStore`.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Bytes and locks that several processes see, each under a name.
///
/// What is written is sealed: an implementation cannot read it, and whatever it returns is trusted only as far as the
/// seal holds. Each method is one request, over within a second or so, failing included: a store that hangs would hold
/// up callers that can mint for themselves.
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// What is kept under `name`, until its lifetime is over.
    fn read<'a>(&'a self, name: &'a str) -> StoreFuture<'a, Option<Stored>>;

    /// Keeps `sealed` under `name` for `lifetime`, in the place of whatever is there.
    fn write<'a>(&'a self, name: &'a str, sealed: &'a [u8], lifetime: Duration) -> StoreFuture<'a, ()>;

    /// Forgets what is kept under `name` if it is `sealed`, compared and removed as one step.
    fn remove<'a>(&'a self, name: &'a str, sealed: &'a [u8]) -> StoreFuture<'a, ()>;

    /// Takes the lock of `name` for `owner` and says whether that went well; `false` means that another holds it. It
    /// ends by itself after `lifetime`.
    fn claim<'a>(&'a self, name: &'a str, owner: &'a str, lifetime: Duration) -> StoreFuture<'a, bool>;

    /// Gives the lock of `name` back if `owner` has it, compared and removed as one step.
    fn release<'a>(&'a self, name: &'a str, owner: &'a str) -> StoreFuture<'a, ()>;
}

/// What a store has under a name.
#[derive(Clone, PartialEq, Eq)]
pub struct Stored {
    /// As it was written.
    pub sealed: Vec<u8>,
    /// What is left of its lifetime by the store's own clock, which all who read it share.
    pub left: Duration,
}

/// Sealed bytes are of no use to a reader of logs.
impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

/// The store did not do what it was asked. Never carries what is in it, nor its address or password.
#[derive(Debug, thiserror::Error)]
#[error("the shared token store cannot be used: {cause}; check AITHER_TOKEN_STORE and that the store runs")]
pub struct StoreError {
    #[source]
    cause: Box<dyn Error + Send + Sync>,
}

impl StoreError {
    /// Why, in words that may be logged.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: cause.into() }
    }
}
