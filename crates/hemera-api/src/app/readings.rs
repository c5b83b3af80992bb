//! Metrics that are read at the time of a scrape, because their values exist already.

use std::fmt;
use std::sync::Arc;

use clerk::KeySet;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

use crate::audit::Audit;
use crate::database::Database;
use crate::limit::{Limiter, StoreState};

/// The sources of these metrics.
#[derive(Debug)]
pub(super) struct Readings {
    pub(super) database: Database,
    pub(super) audit: Audit,
    pub(super) keys: KeySet,
    pub(super) limiter: Arc<Limiter>,
}

impl Collector for Readings {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.database(&mut encoder)?;
        self.queues(&mut encoder)?;
        self.key_set(&mut encoder)?;
        self.limits(&mut encoder)
    }
}

impl Readings {
    fn database(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let connections = self.database.connections();
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let states = [
            ("idle", count(connections.idle)),
            ("in_use", count(connections.in_use)),
        ];
        gauges(
            encoder,
            "database_connections",
            "Open connections to PostgreSQL",
            "state",
            &states,
        )?;
        gauge(
            encoder,
            "database_connections_limit",
            "The most connections that are open at once",
            count(connections.most),
        )
    }

    fn queues(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let [proven, unproven] = self.audit.queues();
        let waiting = [("proven", proven.waiting), ("unproven", unproven.waiting)];
        gauges(
            encoder,
            "audit_queue_records",
            "Audit records that wait for the writer",
            "queue",
            &waiting,
        )?;
        let limits = [("proven", proven.limit), ("unproven", unproven.limit)];
        gauges(
            encoder,
            "audit_queue_records_limit",
            "The most audit records that can wait",
            "queue",
            &limits,
        )
    }

    fn limits(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let now = self.limiter.store_state();
        let state = |label, state| (label, u32::from(now == state));
        let states = [
            state("local", StoreState::NotConfigured),
            state("shared", StoreState::Connected),
            state("fallback", StoreState::Lost),
        ];
        gauges(
            encoder,
            "rate_limit_counting",
            "Where callers' requests are counted: 1 for the current state, 0 for the others",
            "state",
            &states,
        )
    }

    fn key_set(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let activity = self.keys.activity();
        let mut fetches = encoder.encode_descriptor(
            "key_set_fetches",
            "Reads of Clerk's key set",
            None,
            MetricType::Counter,
        )?;
        for (result, count) in [("fetched", activity.fetched), ("failed", activity.failed)] {
            let count = ConstCounter::new(count);
            count.encode(fetches.encode_family(&[("result", result)])?)?;
        }
        let Some(age) = activity.age else { return Ok(()) };
        let age = ConstGauge::new(age.as_secs_f64());
        age.encode(encoder.encode_descriptor(
            "key_set_age",
            "The age of the keys that tokens are verified with",
            Some(&Unit::Seconds),
            MetricType::Gauge,
        )?)
    }
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: u32) -> fmt::Result {
    let value = ConstGauge::new(i64::from(value));
    value.encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)
}

/// One gauge with a label that tells its values apart.
fn gauges(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    label: &str,
    values: &[(&str, u32)],
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for (word, value) in values {
        let value = ConstGauge::new(i64::from(*value));
        value.encode(family.encode_family(&[(label, *word)])?)?;
    }
    Ok(())
}
