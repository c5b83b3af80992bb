//! A store within one process, for clients that share nothing else.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use freshness::{Clock, Moment, SystemClock};
use parking_lot::Mutex;

use super::{SealedEntry, StoreFuture, TokenStore};

/// A [`TokenStore`] in memory. Clones share their entries.
#[derive(Clone, Debug)]
pub struct MemoryTokenStore {
    clock: Arc<dyn Clock>,
    entries: Arc<Mutex<HashMap<String, Expiring<Vec<u8>>>>>,
    locks: Arc<Mutex<HashMap<String, Expiring<String>>>>,
}

/// A value with a lifetime.
#[derive(Clone, Debug)]
struct Expiring<T> {
    value: T,
    since: Moment,
    lifetime: Duration,
}

impl<T> Expiring<T> {
    /// `None` if it has expired.
    fn left(&self, now: Moment) -> Option<Duration> {
        let left = self.lifetime.saturating_sub(now.since(self.since));
        (!left.is_zero()).then_some(left)
    }
}

impl Default for MemoryTokenStore {
    fn default() -> Self {
        Self::new(Arc::new(SystemClock))
    }
}

impl MemoryTokenStore {
    /// An empty store that counts lifetimes on `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            entries: Arc::default(),
            locks: Arc::default(),
        }
    }

    fn expiring<T>(&self, value: T, lifetime: Duration) -> Expiring<T> {
        Expiring {
            value,
            since: self.clock.now(),
            lifetime,
        }
    }
}

impl TokenStore for MemoryTokenStore {
    fn read<'a>(&'a self, name: &'a str) -> StoreFuture<'a, Option<SealedEntry>> {
        Box::pin(async {
            let now = self.clock.now();
            let entries = self.entries.lock();
            Ok(entries.get(name).and_then(|entry| {
                entry.left(now).map(|left| SealedEntry {
                    sealed: entry.value.clone(),
                    left,
                })
            }))
        })
    }

    fn write<'a>(&'a self, name: &'a str, sealed: &'a [u8], lifetime: Duration) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let entry = self.expiring(sealed.to_vec(), lifetime);
            self.entries.lock().insert(name.to_owned(), entry);
            Ok(())
        })
    }

    fn remove<'a>(&'a self, name: &'a str, sealed: &'a [u8]) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut entries = self.entries.lock();
            if entries.get(name).is_some_and(|entry| entry.value == sealed) {
                entries.remove(name);
            }
            Ok(())
        })
    }

    fn claim<'a>(&'a self, name: &'a str, owner: &'a str, lifetime: Duration) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let now = self.clock.now();
            let mut locks = self.locks.lock();
            if locks.get(name).is_some_and(|entry| entry.left(now).is_some()) {
                return Ok(false);
            }
            locks.insert(name.to_owned(), self.expiring(owner.to_owned(), lifetime));
            Ok(true)
        })
    }

    fn release<'a>(&'a self, name: &'a str, owner: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut locks = self.locks.lock();
            if locks.get(name).is_some_and(|entry| entry.value == owner) {
                locks.remove(name);
            }
            Ok(())
        })
    }
}
