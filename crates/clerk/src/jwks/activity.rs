//! What a key set has done so far: for metrics.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use freshness::{Clock, Moment};
use parking_lot::Mutex;

/// What a key set has done since it was made, and how old its keys are.
///
/// Keys that were given (`CLERK_JWT_KEY`) are never fetched and have no age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeySetActivity {
    /// Fetches that brought keys.
    pub fetched: u64,
    /// Fetches that brought none: no answer in time, an error, or a document without a usable key.
    pub failed: u64,
    /// The age of the last keys that were fetched, counted from before they were asked for. It grows while none can
    /// be had, also beyond the time for which they are used. `None` until keys were fetched.
    pub age: Option<Duration>,
}

/// Counts the fetches of one key set.
#[derive(Debug)]
pub(super) struct FetchLog {
    fetched: AtomicU64,
    failed: AtomicU64,
    last: Mutex<Option<Moment>>,
    clock: Arc<dyn Clock>,
}

impl FetchLog {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            fetched: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            last: Mutex::new(None),
            clock,
        })
    }

    /// Begins a fetch. It has failed unless [`Fetch::succeeded`] is called: one that is cut off at its deadline is
    /// only dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Fetch {
        Fetch {
            log: Arc::clone(self),
            sent: self.clock.now(),
            succeeded: false,
        }
    }

    pub(super) fn activity(&self) -> KeySetActivity {
        KeySetActivity {
            fetched: self.fetched.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            age: self.last.lock().map(|last| self.clock.now().since(last)),
        }
    }
}

/// One fetch that is under way.
#[derive(Debug)]
pub(super) struct Fetch {
    log: Arc<FetchLog>,
    sent: Moment,
    succeeded: bool,
}

impl Fetch {
    pub(super) fn succeeded(mut self) {
        self.succeeded = true;
        *self.log.last.lock() = Some(self.sent);
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        let count = if self.succeeded {
            &self.log.fetched
        } else {
            &self.log.failed
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}
