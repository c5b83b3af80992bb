//! How far a write has come.

use std::sync::atomic::{AtomicBool, Ordering};

/// How far a request's write has come: the order of checks asks, whatever became of the handler.
#[derive(Debug, Default)]
pub(crate) struct WriteProgress {
    sent: AtomicBool,
    answered: AtomicBool,
}

impl WriteProgress {
    /// Notes that the statement is about to be sent.
    pub(crate) fn sent(&self) {
        self.sent.store(true, Ordering::Relaxed);
    }

    /// Notes that the database said what became of it.
    pub(crate) fn answered(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

    /// Whether the statement was sent and it is not known what became of it.
    pub(crate) fn is_unknown(&self) -> bool {
        self.sent.load(Ordering::Relaxed) && !self.answered.load(Ordering::Relaxed)
    }
}
