//! Security events.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// What is counted of security events. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct SecurityMetrics(Family<EventLabels, Counter>);

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabels {
    event: &'static str,
}

impl SecurityMetrics {
    /// Each event is there from the start with 0, so that the first one is an increase.
    pub(super) fn register(registry: &mut Registry, events: impl IntoIterator<Item = &'static str>) -> Self {
        let metrics = Self(Family::default());
        registry.register(
            "security_events",
            "Security events, see docs/audit.md",
            metrics.0.clone(),
        );
        for event in events {
            drop(metrics.0.get_or_create(&EventLabels { event }));
        }
        metrics
    }

    /// Counts an event.
    pub(crate) fn happened(&self, event: &'static str) {
        self.0.get_or_create(&EventLabels { event }).inc();
    }
}
