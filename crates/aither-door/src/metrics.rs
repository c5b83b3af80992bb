//! What the door counts. Every label is a word from a closed set: no caller can make a series.
//!
//! To add a metric: its field, its line in [`Metrics::register`], and its row in `docs/aither-on-a-host.md`; a test compares the
//! two.

use std::time::Duration;

use aither_client::HemeraClient;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

/// Before the name of every metric.
const PREFIX: &str = "aither_door";

/// Upper bounds in seconds: from a response of a server nearby to the deadline of a call.
const SECONDS: [f64; 13] = [
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// The counters of a door, and the registry that they and those of its client are read from.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    duration: Family<OperationLabels, Histogram, fn() -> Histogram>,
    refusals: Family<ReasonLabels, Counter>,
    connections_refused: Family<ReasonLabels, Counter>,
    connections: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    operation: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperationLabels {
    operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    reason: &'static str,
}

impl Metrics {
    /// Those of a door in front of `client`.
    pub(crate) fn new(client: &HemeraClient) -> Self {
        let mut metrics = Self {
            registry: Registry::default(),
            requests: Family::default(),
            duration: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            refusals: Family::default(),
            connections_refused: Family::default(),
            connections: Gauge::default(),
        };
        client.register_metrics(&mut metrics.registry);
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = self.registry.sub_registry_with_prefix(PREFIX);
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        registry.register("build", "The version of the door", Info::new(version));
        registry.register(
            "requests",
            "Requests for an operation of the service API",
            self.requests.clone(),
        );
        registry.register_with_unit(
            "request_duration",
            "From the head of a request to its response, for requests that the door let through",
            Unit::Seconds,
            self.duration.clone(),
        );
        registry.register(
            "refusals",
            "Requests that the door refused",
            self.refusals.clone(),
        );
        registry.register(
            "connections_refused",
            "Connections that the door closed before a request",
            self.connections_refused.clone(),
        );
        registry.register("connections", "Open connections", self.connections.clone());
    }

    /// A request for an operation ended.
    pub(crate) fn request(&self, operation: &'static str, outcome: &'static str, took: Duration) {
        let labels = RequestLabels { operation, outcome };
        self.requests.get_or_create(&labels).inc();
        self.duration
            .get_or_create(&OperationLabels { operation })
            .observe(took.as_secs_f64());
    }

    /// A request was refused.
    pub(crate) fn refused(&self, reason: &'static str) {
        self.refusals.get_or_create(&ReasonLabels { reason }).inc();
    }

    /// A connection was closed before a request.
    pub(crate) fn connection_refused(&self, reason: &'static str) {
        self.connections_refused
            .get_or_create(&ReasonLabels { reason })
            .inc();
    }

    /// The number of open connections.
    pub(crate) const fn connections(&self) -> &Gauge {
        &self.connections
    }

    /// All figures, as `application/openmetrics-text`.
    pub(crate) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
