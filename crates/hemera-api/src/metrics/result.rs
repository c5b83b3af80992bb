//! Updates of requests that write the results of many participations.

use hemera_types::{Named as _, ResultVerdict};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// What is counted of them. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct ResultMetrics {
    items: Family<VerdictLabels, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VerdictLabels {
    verdict: &'static str,
}

impl ResultMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let items = Family::default();
        registry.register(
            "result_items",
            "Updates of requests that write many results, by verdict",
            Family::clone(&items),
        );
        Self { items }
    }

    /// Counts one update.
    pub(crate) fn judged(&self, verdict: ResultVerdict) {
        let verdict = verdict.name();
        self.items.get_or_create(&VerdictLabels { verdict }).inc();
    }
}
