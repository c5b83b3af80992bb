//! The families that events are counted in.
//!
//! To add a metric: its field, what it counts of an event, its line in [`Families::register`], and its row in
//! `docs/client-metrics.md`; a test compares the two.

use std::time::Duration;

use hemera_types::{Named as _, TraceId};
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::exemplar::HistogramWithExemplars;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::Event;

/// Upper bounds in seconds: from a response of a server nearby to the deadline of a call.
const SECONDS: [f64; 12] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;
type Traced<L> = Family<L, HistogramWithExemplars<Trace>, fn() -> HistogramWithExemplars<Trace>>;

/// What a client and all its clones have counted.
#[derive(Clone, Debug)]
pub(super) struct Families {
    calls: Family<CallLabels, Counter>,
    call_duration: Traced<DurationLabels>,
    waits: Histograms<WaitLabels>,
    attempts: Family<AttemptLabels, Counter>,
    attempt_duration: Histograms<OperationLabels>,
    retries: Family<RetryLabels, Counter>,
    retries_denied: Counter,
    token_requests: Family<OutcomeLabels, Counter>,
    token_request_duration: Histogram,
    circuit_changes: Family<ChangeLabels, Counter>,
    lookups: Family<LookupLabels, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    operation: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DurationLabels {
    operation: &'static str,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WaitLabels {
    wait: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AttemptLabels {
    operation: &'static str,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperationLabels {
    operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RetryLabels {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ChangeLabels {
    change: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LookupLabels {
    result: &'static str,
}

/// The label of an exemplar.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Trace {
    trace_id: Id,
}

/// Written out when the metrics are read, and not for each call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Id(TraceId);

impl EncodeLabelValue for Id {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        std::fmt::Write::write_fmt(encoder, format_args!("{}", self.0))
    }
}

impl Default for Families {
    fn default() -> Self {
        Self {
            calls: Family::default(),
            call_duration: Family::new_with_constructor(|| HistogramWithExemplars::new(SECONDS.into_iter())),
            waits: Family::new_with_constructor(histogram),
            attempts: Family::default(),
            attempt_duration: Family::new_with_constructor(histogram),
            retries: Family::default(),
            retries_denied: Counter::default(),
            token_requests: Family::default(),
            token_request_duration: histogram(),
            circuit_changes: Family::default(),
            lookups: Family::default(),
        }
    }
}

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

impl Families {
    pub(super) fn note(&self, event: Event) {
        match event {
            Event::Call {
                operation,
                outcome,
                took,
                trace,
            } => self.call(operation.name(), outcome, took, trace),
            Event::Waited { pace, token, retry } => {
                for (wait, time) in [("pace", pace), ("token", token), ("retry", retry)] {
                    let waits = self.waits.get_or_create(&WaitLabels { wait });
                    waits.observe(time.as_secs_f64());
                }
            }
            Event::Attempt {
                operation,
                result,
                took,
            } => {
                let operation = operation.name();
                let labels = AttemptLabels { operation, result };
                self.attempts.get_or_create(&labels).inc();
                let duration = self
                    .attempt_duration
                    .get_or_create(&OperationLabels { operation });
                duration.observe(took.as_secs_f64());
            }
            Event::Retry { reason } => drop(self.retries.get_or_create(&RetryLabels { reason }).inc()),
            Event::RetryDenied => drop(self.retries_denied.inc()),
            Event::TokenRequest { outcome, took } => {
                self.token_requests
                    .get_or_create(&OutcomeLabels { outcome })
                    .inc();
                self.token_request_duration.observe(took.as_secs_f64());
            }
            Event::Circuit { change } => {
                let changes = self.circuit_changes.get_or_create(&ChangeLabels { change });
                changes.inc();
            }
            Event::Lookup { result } => drop(self.lookups.get_or_create(&LookupLabels { result }).inc()),
        }
    }

    fn call(&self, operation: &'static str, outcome: &'static str, took: Duration, trace: TraceId) {
        self.calls.get_or_create(&CallLabels { operation, outcome }).inc();
        let result = if outcome == "ok" { "ok" } else { "failed" };
        let trace = Trace { trace_id: Id(trace) };
        self.call_duration
            .get_or_create(&DurationLabels { operation, result })
            .observe(took.as_secs_f64(), Some(trace), None);
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let seconds = || Unit::Seconds;
        registry.register("calls", "Calls that ended", self.calls.clone());
        registry.register_with_unit(
            "call_duration",
            "From the beginning of a call to its end, with all its attempts and waits",
            seconds(),
            self.call_duration.clone(),
        );
        registry.register_with_unit(
            "call_wait",
            "What a call that ended has waited in all, by what for",
            seconds(),
            self.waits.clone(),
        );
        registry.register("attempts", "Requests sent to Hemera", self.attempts.clone());
        registry.register_with_unit(
            "attempt_duration",
            "From sending a request to the end of its response",
            seconds(),
            self.attempt_duration.clone(),
        );
        registry.register(
            "retries",
            "Attempts after the first of a call",
            self.retries.clone(),
        );
        registry.register(
            "retries_denied",
            "Retries that were not made because the retry budget was used up",
            self.retries_denied.clone(),
        );
        registry.register(
            "token_requests",
            "Tokens that the source was asked for",
            self.token_requests.clone(),
        );
        registry.register_with_unit(
            "token_request_duration",
            "From asking the source for a token to its answer",
            seconds(),
            self.token_request_duration.clone(),
        );
        registry.register(
            "circuit_changes",
            "Changes of the circuit breaker",
            self.circuit_changes.clone(),
        );
        registry.register(
            "response_cache_lookups",
            "Responses that may be cached, by what the cache had of them",
            self.lookups.clone(),
        );
    }
}
