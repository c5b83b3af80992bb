//! What the client notes of its work, and what counts it.
//!
//! The places where something happens note an [`Event`]; with the feature `prometheus` it is counted in families that an
//! application can mount into its registry, and without it it is dropped. Every label is a word from a closed set.

#[cfg(feature = "prometheus")]
mod families;
mod timed;

use std::time::Duration;

use hemera_types::{Operation, TraceId};

/// What happened. Words are labels.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "prometheus"),
    expect(dead_code, reason = "read only where it is counted")
)]
pub(crate) enum Event {
    /// A call ended.
    Call {
        operation: Operation,
        outcome: &'static str,
        took: Duration,
        trace: TraceId,
    },
    /// So long a call that ended has waited for the pacing gate, a token, and between its attempts.
    Waited {
        pace: Duration,
        token: Duration,
        retry: Duration,
    },
    /// A request was sent, and has been answered or not.
    Attempt {
        operation: Operation,
        result: &'static str,
        took: Duration,
    },
    /// A call is sent once more.
    Retry { reason: &'static str },
    /// A call would be sent once more, but the retry budget is used up.
    RetryDenied,
    /// The source was asked for a token.
    TokenRequest { outcome: &'static str, took: Duration },
    /// The circuit changed.
    Circuit { change: &'static str },
    /// A response that may be cached has come.
    Lookup { result: &'static str },
}

/// Where events are counted. Cheap to clone; clones count together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics {
    #[cfg(feature = "prometheus")]
    families: families::Families,
}

impl Metrics {
    /// Counts an event.
    #[cfg(feature = "prometheus")]
    pub(crate) fn note(&self, event: Event) {
        self.families.note(event);
    }

    /// Drops an event.
    #[cfg(not(feature = "prometheus"))]
    #[expect(clippy::unused_self, reason = "the same as where events are counted")]
    pub(crate) fn note(&self, _: Event) {}

    /// Makes what is counted part of a registry.
    #[cfg(feature = "prometheus")]
    pub(crate) fn register(&self, registry: &mut prometheus_client::registry::Registry) {
        self.families.register(registry);
    }
}
