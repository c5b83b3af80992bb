//! What the limiter decided.

use permissions::Role;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// What is counted of decisions.
#[derive(Debug)]
pub(crate) struct LimitMetrics {
    decisions: Family<DecisionLabels, Counter>,
}

/// Whom a limit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limited {
    /// A proven caller, in this role.
    Caller(Role),
    /// An address whose credential failed.
    FailedAuthentication,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DecisionLabels {
    limit: &'static str,
    decision: &'static str,
}

impl LimitMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let decisions = Family::default();
        registry.register(
            "rate_limit_decisions",
            "Decisions of the rate limiter",
            Family::clone(&decisions),
        );
        Self { decisions }
    }

    /// Counts one decision.
    pub(crate) fn decided(&self, limited: Limited, admitted: bool) {
        let labels = DecisionLabels {
            limit: match limited {
                Limited::Caller(role) => role.name(),
                Limited::FailedAuthentication => "failed_authentication",
            },
            decision: if admitted { "admitted" } else { "limited" },
        };
        self.decisions.get_or_create(&labels).inc();
    }
}
