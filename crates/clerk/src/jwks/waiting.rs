//! How many checks wait for a fetch at the same time.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The places for checks that wait. Anybody can send a token under a key id that is not known: without a bound, all that a
/// server can do at the same time could be such waits.
#[derive(Debug)]
pub(super) struct Waiting {
    taken: AtomicUsize,
    most: usize,
}

/// One check that may wait, until it is dropped.
#[derive(Debug)]
#[must_use = "the place is given back when this is dropped"]
pub(super) struct WaitingPlace<'a>(&'a Waiting);

impl Waiting {
    pub(super) fn at_most(most: usize) -> Self {
        Self {
            taken: AtomicUsize::new(0),
            most,
        }
    }

    /// A place, where one is free.
    pub(super) fn place(&self) -> Option<WaitingPlace<'_>> {
        let one_more = |taken| (taken < self.most).then_some(taken + 1);
        self.taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
            .ok()
            .map(|_| WaitingPlace(self))
    }
}

impl Drop for WaitingPlace<'_> {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::Relaxed);
    }
}
