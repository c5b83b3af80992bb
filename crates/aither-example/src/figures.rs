//! What Prometheus reads: figures of this service, and those of its client, in one registry.

use std::fmt;
use std::sync::Arc;

use aither_client::HemeraClient;
use aither_client::hemera_types::Timestamp;
use aither_client::prometheus_client::encoding::text::encode;
use aither_client::prometheus_client::metrics::counter::Counter;
use aither_client::prometheus_client::metrics::family::Family;
use aither_client::prometheus_client::metrics::gauge::Gauge;
use aither_client::prometheus_client::registry::{Registry, Unit};

/// The format of [`Figures::text`].
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Labels<const N: usize> = [(&'static str, String); N];

/// The figures. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    registry: Arc<Registry>,
    requests: Family<Labels<2>, Counter>,
    syncs: Family<Labels<1>, Counter>,
    running: Gauge,
    last_success: Gauge,
}

impl Figures {
    /// Figures of this service, together with those of the client and all its clones.
    pub(crate) fn of(hemera: &HemeraClient) -> Self {
        let mut registry = Registry::default();
        hemera.register_metrics(&mut registry);
        let mut figures = Self {
            registry: Arc::default(),
            requests: Family::default(),
            syncs: Family::default(),
            running: Gauge::default(),
            last_success: Gauge::default(),
        };
        let own = registry.sub_registry_with_prefix("aither_example");
        own.register(
            "requests",
            "Requests that were answered, by route and status",
            figures.requests.clone(),
        );
        own.register("syncs", "Syncs that ended, by outcome", figures.syncs.clone());
        own.register(
            "sync_running",
            "1 while a sync runs, else 0",
            figures.running.clone(),
        );
        own.register_with_unit(
            "sync_last_success_timestamp",
            "When the last sync that succeeded ended, since 1970; 0 before the first",
            Unit::Seconds,
            figures.last_success.clone(),
        );
        figures.registry = Arc::new(registry);
        figures
    }

    /// All figures in the format of `OpenMetrics`.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }

    /// A request was answered. The route is its pattern: a label with ids in it would grow without end.
    pub(crate) fn answered(&self, route: &str, status: u16) {
        let labels = [("route", route.to_owned()), ("status", status.to_string())];
        self.requests.get_or_create(&labels).inc();
    }

    /// A sync has begun.
    pub(crate) fn sync_began(&self) {
        self.running.set(1);
    }

    /// The sync has ended; with the time, if it succeeded.
    pub(crate) fn sync_ended(&self, outcome: &str, success: Option<Timestamp>) {
        self.running.set(0);
        self.syncs.get_or_create(&[("outcome", outcome.to_owned())]).inc();
        if let Some(time) = success {
            self.last_success.set(time.to_offset_date_time().unix_timestamp());
        }
    }
}
