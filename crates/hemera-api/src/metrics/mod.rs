//! What the server counts and measures, for Prometheus.
//!
//! Each app has a registry of its own, so two apps in one process (the tests) do not count into each other. Every
//! label is a word from a closed set or a name from the configuration; nothing that a caller sends becomes one. A
//! histogram is a fixed number of buckets: nothing grows while no one reads the metrics.
//!
//! Counters live where they are counted: [`HttpMetrics`] around every route, [`ConnectionMetrics`] where connections are
//! accepted, [`AuthMetrics`] and [`LimitMetrics`] in the order of checks, [`RoleMetrics`] at the look-up, [`AuditMetrics`]
//! at the writer, [`SecurityMetrics`] where security events are noticed, [`ResultMetrics`] where many results are written,
//! [`SecretMetrics`] where secrets in files are read again.
//! What can simply be read (connections to the database, queues, ages) is read when the metrics are:
//! `app/readings.rs`.
//!
//! To add a metric: a field in its family's struct, its line in that family's `register`, and its row in
//! `docs/operations.md`; a test compares the two, and needs a case that makes the metric appear.

mod audit;
mod auth;
mod connections;
mod evidence;
mod format;
mod http;
mod limit;
mod process;
mod result;
mod role;
mod secrets;
mod security;

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode, encode_registry};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use self::process::Process;
use crate::version::{COMMIT, VERSION};

pub(crate) use self::audit::AuditMetrics;
pub(crate) use self::auth::{AuthMetrics, ClerkSecretAs, CountedKey};
pub(crate) use self::connections::{AcceptFailure, ConnectionEnd, ConnectionMetrics};
pub(crate) use self::evidence::{EvidenceMetrics, ExportTarget};
pub(crate) use self::format::Format;
pub(crate) use self::http::{Example, HttpMetrics, RequestLabels};
pub(crate) use self::limit::{LimitMetrics, Limited};
pub(crate) use self::result::ResultMetrics;
pub(crate) use self::role::{LookedUp, RoleMetrics};
pub(crate) use self::secrets::{SecretMetrics, SecretName};
pub(crate) use self::security::SecurityMetrics;

/// Before the name of every metric.
const PREFIX: &str = "hemera";

/// Everything that one app counts.
pub(crate) struct Metrics {
    pub(crate) http: HttpMetrics,
    pub(crate) connections: ConnectionMetrics,
    pub(crate) auth: AuthMetrics,
    pub(crate) limits: LimitMetrics,
    pub(crate) roles: RoleMetrics,
    pub(crate) audit: AuditMetrics,
    pub(crate) evidence: EvidenceMetrics,
    pub(crate) security: SecurityMetrics,
    pub(crate) results: ResultMetrics,
    pub(crate) secrets: SecretMetrics,
    registry: Registry,
    process: Registry,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
    commit: &'static str,
}

impl Metrics {
    /// Nothing counted yet. The names of the service keys and of security events are labels.
    pub(crate) fn new(
        service_keys: &[CountedKey<'_>],
        security_events: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        let build = Build {
            version: VERSION,
            commit: COMMIT,
        };
        let mut process = Registry::with_prefix("process");
        process.register_collector(Box::new(Process));
        registry.register("build", "The version that runs", Info::new(build));
        Self {
            http: HttpMetrics::register(&mut registry),
            connections: ConnectionMetrics::register(&mut registry),
            auth: AuthMetrics::register(&mut registry, service_keys),
            limits: LimitMetrics::register(&mut registry),
            roles: RoleMetrics::register(&mut registry),
            audit: AuditMetrics::register(&mut registry),
            evidence: EvidenceMetrics::register(&mut registry),
            security: SecurityMetrics::register(&mut registry, security_events),
            results: ResultMetrics::register(&mut registry),
            secrets: SecretMetrics::register(&mut registry),
            registry,
            process,
        }
    }

    /// Adds what is read each time that the metrics are.
    pub(crate) fn add(&mut self, collector: impl Collector) {
        self.registry.register_collector(Box::new(collector));
    }

    /// All of it in one of the text formats.
    ///
    /// # Errors
    /// None that could be foreseen: writing to a text does not fail.
    pub(crate) fn text(&self, format: Format) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode_registry(&mut text, &self.process)?;
        encode(&mut text, &self.registry)?;
        Ok(match format {
            Format::OpenMetrics => text,
            Format::PlainText => format::plain_text(&text),
        })
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}
