//! Roles: how old they were when they were used, and what Clerk answered.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Upper bounds in seconds: the promised bounds, 60 s and 6 min by default, are among them.
const AGES: [f64; 9] = [1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 240.0, 360.0, 900.0];

/// What is counted of roles. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct RoleMetrics {
    uses: Family<UseLabels, Counter>,
    age: Histogram,
    lookups: Family<LookupLabels, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct UseLabels {
    freshness: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LookupLabels {
    result: &'static str,
}

/// How a question to Clerk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LookedUp {
    /// There is such a user.
    Found,
    /// There is none.
    Unknown,
    /// Clerk refuses our secret key.
    KeyRefused,
    /// No answer in time, or none that can be used.
    Failed,
}

/// One question that is under way. It has failed unless [`Lookup::ended`] says otherwise: one that is cut off at its
/// deadline is only dropped.
#[derive(Debug)]
pub(crate) struct Lookup {
    lookups: Family<LookupLabels, Counter>,
    ended: LookedUp,
}

impl LookedUp {
    const ALL: [Self; 4] = [Self::Found, Self::Unknown, Self::KeyRefused, Self::Failed];

    fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Unknown => "unknown_user",
            Self::KeyRefused => "key_refused",
            Self::Failed => "failed",
        }
    }
}

impl RoleMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            uses: Family::default(),
            age: Histogram::new(AGES),
            lookups: Family::default(),
        };
        registry.register(
            "role_uses",
            "Roles that were needed, by what was at hand",
            metrics.uses.clone(),
        );
        registry.register_with_unit(
            "role_age",
            "The age of a role when it was used",
            Unit::Seconds,
            metrics.age.clone(),
        );
        registry.register(
            "role_lookups",
            "Questions to Clerk for a role",
            metrics.lookups.clone(),
        );
        for result in LookedUp::ALL.map(LookedUp::name) {
            drop(metrics.lookups.get_or_create(&LookupLabels { result }));
        }
        for freshness in ["fresh", "stale", "unavailable"] {
            drop(metrics.uses.get_or_create(&UseLabels { freshness }));
        }
        metrics
    }

    /// A role of this age was used; `stale` where Clerk should have been asked again and did not answer.
    pub(crate) fn used(&self, age: Duration, stale: bool) {
        let freshness = if stale { "stale" } else { "fresh" };
        self.uses.get_or_create(&UseLabels { freshness }).inc();
        self.age.observe(age.as_secs_f64());
    }

    /// A role was needed, and there was none.
    pub(crate) fn unavailable(&self) {
        let freshness = "unavailable";
        self.uses.get_or_create(&UseLabels { freshness }).inc();
    }

    /// Clerk is about to be asked.
    pub(crate) fn begin(&self) -> Lookup {
        Lookup {
            lookups: self.lookups.clone(),
            ended: LookedUp::Failed,
        }
    }
}

impl Lookup {
    /// Clerk has answered.
    pub(crate) fn ended(mut self, how: LookedUp) {
        self.ended = how;
    }
}

impl Drop for Lookup {
    fn drop(&mut self) {
        let result = self.ended.name();
        self.lookups.get_or_create(&LookupLabels { result }).inc();
    }
}
