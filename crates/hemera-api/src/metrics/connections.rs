//! Connections of callers: how many are open, and why the server closed or did not take some.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// What is counted of connections. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionMetrics {
    open: Gauge,
    limit: Gauge,
    ended: Family<EndLabels, Counter>,
    accept_failures: Family<AcceptLabels, Counter>,
}

/// Why the server closed a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionEnd {
    /// As many are open as may be.
    TooMany,
    /// Its address has as many as one may have.
    TooManyOfAddress,
    /// The client took nothing of its answer for too long.
    NotRead,
    /// TLS was not established.
    Handshake,
}

/// Why a connection could not be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AcceptFailure {
    /// The process, or the system, has as many open files as it may.
    NoDescriptor,
    /// Something else.
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndLabels {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AcceptLabels {
    reason: &'static str,
}

impl ConnectionEnd {
    const ALL: [Self; 4] = [
        Self::TooMany,
        Self::TooManyOfAddress,
        Self::NotRead,
        Self::Handshake,
    ];

    /// In one word, for the log and the metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::TooMany => "too_many",
            Self::TooManyOfAddress => "too_many_of_address",
            Self::NotRead => "not_read",
            Self::Handshake => "handshake",
        }
    }
}

impl AcceptFailure {
    const ALL: [Self; 2] = [Self::NoDescriptor, Self::Other];

    /// In one word, for the log and the metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NoDescriptor => "no_descriptor",
            Self::Other => "other",
        }
    }
}

impl ConnectionMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        registry.register(
            "http_connections",
            "Open connections of callers",
            metrics.open.clone(),
        );
        registry.register(
            "http_connections_limit",
            "The most connections that are open at once",
            metrics.limit.clone(),
        );
        registry.register(
            "http_connections_ended",
            "Connections that the server closed, by why",
            metrics.ended.clone(),
        );
        registry.register(
            "http_accept_failures",
            "Attempts to accept a connection that failed",
            metrics.accept_failures.clone(),
        );
        for reason in ConnectionEnd::ALL.map(ConnectionEnd::name) {
            drop(metrics.ended.get_or_create(&EndLabels { reason }));
        }
        for reason in AcceptFailure::ALL.map(AcceptFailure::name) {
            drop(metrics.accept_failures.get_or_create(&AcceptLabels { reason }));
        }
        metrics
    }

    /// So many may be open.
    pub(crate) fn limit(&self, most: usize) {
        self.limit.set(i64::try_from(most).unwrap_or(i64::MAX));
    }

    /// One more is open.
    pub(crate) fn opened(&self) {
        self.open.inc();
    }

    /// One of the open ones is closed, for whatever reason.
    pub(crate) fn closed(&self) {
        self.open.dec();
    }

    /// The server closed one, or did not let it in, for this reason.
    pub(crate) fn ended(&self, end: ConnectionEnd) {
        let reason = end.name();
        self.ended.get_or_create(&EndLabels { reason }).inc();
    }

    /// One could not be accepted.
    pub(crate) fn accept_failed(&self, failure: AcceptFailure) {
        let reason = failure.name();
        self.accept_failures.get_or_create(&AcceptLabels { reason }).inc();
    }
}
