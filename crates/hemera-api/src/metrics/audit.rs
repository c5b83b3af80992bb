//! The audit log: what was stored, what was not, and how often the database said no.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// What is counted of records that go through a queue. Records of writes are part of the writes themselves. Cheap to
/// clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct AuditMetrics {
    records: Family<RecordLabels, Counter>,
    failures: Counter,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RecordLabels {
    outcome: &'static str,
}

const STORED: RecordLabels = RecordLabels { outcome: "stored" };
const LOST: RecordLabels = RecordLabels { outcome: "lost" };

impl AuditMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        drop(metrics.records.get_or_create(&STORED));
        drop(metrics.records.get_or_create(&LOST));
        registry.register(
            "audit_records",
            "Audit records that went through a queue, by where they ended",
            metrics.records.clone(),
        );
        registry.register(
            "audit_write_failures",
            "Attempts to write audit records that failed; they are repeated",
            metrics.failures.clone(),
        );
        metrics
    }

    /// So many records are in the database.
    pub(crate) fn stored(&self, records: usize) {
        self.records.get_or_create(&STORED).inc_by(records as u64);
    }

    /// So many records are in the log alone.
    pub(crate) fn lost(&self, records: usize) {
        self.records.get_or_create(&LOST).inc_by(records as u64);
    }

    /// The database could not take records; it is asked again.
    pub(crate) fn write_failed(&self) {
        self.failures.inc();
    }
}
