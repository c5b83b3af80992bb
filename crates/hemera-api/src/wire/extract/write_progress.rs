//! How far a write has come.

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use uuid::Uuid;

use crate::wire::error::Reason;

/// How far a request's write has come: the order of checks asks, whatever became of the handler.
#[derive(Debug, Default)]
pub(crate) struct WriteProgress {
    sent: AtomicBool,
    answered: AtomicBool,
    items: Mutex<Items>,
}

/// How far a request has come that consists of several writes, one after the other.
#[derive(Debug, Default)]
struct Items {
    unanswered: Option<SentItem>,
    missing: Vec<String>,
}

/// One of several writes of a request, whose statement was sent.
#[derive(Clone, Debug)]
pub(crate) struct SentItem {
    /// Its number in the request, from 1 on.
    pub(crate) number: i16,
    /// The id of its audit record.
    pub(crate) record: Uuid,
    /// What it writes to.
    pub(crate) resource: String,
    /// Why it is not known what became of it, where that is known: one of the words of [`Reason`].
    pub(crate) reason: Option<Reason>,
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

impl WriteProgress {
    /// Notes that the statement of one of several writes is about to be sent.
    pub(crate) fn item_sent(&self, item: SentItem) {
        self.items.lock().unanswered = Some(item);
    }

    /// Notes that the database said what became of the write that was sent last.
    pub(crate) fn item_answered(&self) {
        self.items.lock().unanswered = None;
    }

    /// Notes why it is not known what became of the write that was sent last.
    pub(crate) fn item_lost(&self, reason: Option<Reason>) {
        if let Some(item) = &mut self.items.lock().unanswered {
            item.reason = reason;
        }
    }

    /// Notes a resource that is not there.
    pub(crate) fn item_missing(&self, resource: &str) {
        self.items.lock().missing.push(resource.to_owned());
    }

    /// The write that was sent and of which it is not known what became of it.
    pub(crate) fn unknown_item(&self) -> Option<SentItem> {
        self.items.lock().unanswered.clone()
    }

    /// The resources that are not there.
    pub(crate) fn missing_items(&self) -> Vec<String> {
        self.items.lock().missing.clone()
    }
}
