//! Requests: how many, how long, how many at the same time, and which faults were ours.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use hemera_types::TraceId;
use http::StatusCode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::exemplar::HistogramWithExemplars;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// Upper bounds in seconds: from a read by id, which takes a tenth of a millisecond, to the handler's time-out.
const SECONDS: [f64; 15] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0,
];

/// What is counted of requests.
#[derive(Debug)]
pub(crate) struct HttpMetrics {
    requests: Family<AnswerLabels, Counter>,
    duration: Family<DurationLabels, HistogramWithExemplars<Trace>>,
    in_flight: Gauge,
    failures: Family<FailureLabels, Counter>,
}

/// What is known of a request before it is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestLabels {
    /// The name of the operation, or a word for what is none.
    pub(crate) operation: &'static str,
    /// The method, where routes have it, or one word for all others.
    pub(crate) method: &'static str,
}

/// The status is one of the contract's: the router gives no others.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AnswerLabels {
    operation: &'static str,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DurationLabels {
    operation: &'static str,
    status_class: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FailureLabels {
    reason: &'static str,
}

/// A request whose log lines explain how long it took: an exemplar of its bucket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Example {
    pub(crate) trace_id: TraceId,
    pub(crate) at: SystemTime,
}

/// The label of an exemplar.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Trace {
    trace_id: Id,
}

/// Written out when the metrics are read, and not for each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Id(TraceId);

impl EncodeLabelValue for Id {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
        write!(encoder, "{}", self.0)
    }
}

/// Counts one request as in flight until it is dropped: also one whose caller goes away.
#[derive(Debug)]
#[must_use = "the request is in flight until this is dropped"]
pub(crate) struct InFlight(Gauge);

impl HttpMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            requests: Family::default(),
            duration: Family::new_with_constructor(|| HistogramWithExemplars::new(SECONDS.into_iter())),
            in_flight: Gauge::default(),
            failures: Family::default(),
        };
        registry.register(
            "http_requests",
            "Requests that were answered",
            metrics.requests.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "From a request's head to its answer's",
            Unit::Seconds,
            metrics.duration.clone(),
        );
        registry.register(
            "http_requests_in_flight",
            "Requests that are being answered",
            metrics.in_flight.clone(),
        );
        registry.register(
            "http_failures",
            "Answers with a status of 500 or more, by inner reason",
            metrics.failures.clone(),
        );
        metrics
    }

    /// A request has arrived.
    pub(crate) fn begin(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// Counts an answer. Its inner `reason` counts where the fault is ours.
    pub(crate) fn answered(
        &self,
        request: RequestLabels,
        status: StatusCode,
        took: Duration,
        reason: Option<&'static str>,
        example: Option<Example>,
    ) {
        let RequestLabels { operation, method } = request;
        let labels = AnswerLabels {
            operation,
            method,
            status: status.as_u16(),
        };
        self.requests.get_or_create(&labels).inc();
        let labels = DurationLabels {
            operation,
            status_class: class_of(status),
        };
        let (trace, at) = example
            .map(|example| {
                (
                    Trace {
                        trace_id: Id(example.trace_id),
                    },
                    example.at,
                )
            })
            .unzip();
        self.duration
            .get_or_create(&labels)
            .observe(took.as_secs_f64(), trace, at);
        if status.is_server_error() {
            let reason = reason.unwrap_or("unnamed");
            self.failures.get_or_create(&FailureLabels { reason }).inc();
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn class_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500..600 => "5xx",
        _ => "other",
    }
}
