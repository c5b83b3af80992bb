//! The transparency log: how far behind the records it is, how large, and where its checkpoints went.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// What is known of the transparency log. All of it is 0 where this server has no key. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct EvidenceMetrics {
    unsequenced: Gauge<f64, AtomicU64>,
    records: Gauge,
    epoch: Gauge,
    checkpoint: Gauge<f64, AtomicU64>,
    sequenced: Counter,
    failures: Counter,
    exports: Family<ExportLabels, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ExportLabels {
    target: &'static str,
    outcome: &'static str,
}

/// Where a checkpoint is exported to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExportTarget {
    File,
    Url,
}

impl ExportTarget {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Url => "url",
        }
    }
}

impl EvidenceMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        for target in [ExportTarget::File, ExportTarget::Url] {
            for stored in [true, false] {
                drop(metrics.exports.get_or_create(&labels(target, stored)));
            }
        }
        registry.register_with_unit(
            "audit_unsequenced",
            "The age of the oldest audit record that is not in the transparency log; 0 for none",
            Unit::Seconds,
            metrics.unsequenced.clone(),
        );
        registry.register(
            "audit_log_records",
            "The size of the transparency log in this epoch",
            metrics.records.clone(),
        );
        registry.register(
            "audit_log_epoch",
            "The epoch of the transparency log",
            metrics.epoch.clone(),
        );
        registry.register_with_unit(
            "audit_checkpoint_timestamp",
            "When the newest checkpoint of the transparency log was made",
            Unit::Seconds,
            metrics.checkpoint.clone(),
        );
        registry.register(
            "audit_sequenced_records",
            "Audit records that this server added to the transparency log",
            metrics.sequenced.clone(),
        );
        registry.register(
            "audit_sequencer_failures",
            "Rounds of the sequencer that failed; they are repeated",
            metrics.failures.clone(),
        );
        registry.register(
            "audit_checkpoint_exports",
            "Checkpoints that were exported, by target and outcome",
            metrics.exports.clone(),
        );
        metrics
    }

    /// The state of the log as the database has it.
    pub(crate) fn state(&self, epoch: i32, size: i64, checkpoint: f64) {
        self.epoch.set(i64::from(epoch));
        self.records.set(size);
        self.checkpoint.set(checkpoint);
    }

    /// The age of the oldest record that is in no leaf, in seconds.
    pub(crate) fn unsequenced(&self, seconds: f64) {
        self.unsequenced.set(seconds);
    }

    /// So many records became leaves.
    pub(crate) fn sequenced(&self, records: usize) {
        self.sequenced.inc_by(records as u64);
    }

    /// A round failed.
    pub(crate) fn failed(&self) {
        self.failures.inc();
    }

    /// A checkpoint was exported, or could not be.
    pub(crate) fn exported(&self, target: ExportTarget, stored: bool) {
        self.exports.get_or_create(&labels(target, stored)).inc();
    }
}

fn labels(target: ExportTarget, stored: bool) -> ExportLabels {
    ExportLabels {
        target: target.as_str(),
        outcome: if stored { "stored" } else { "failed" },
    }
}
