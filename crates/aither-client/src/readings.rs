//! The figures of a client in the registry of its application.

use std::fmt;
use std::sync::Weak;
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::circuit::CircuitState;
use crate::client::{HemeraClient, Shared};
use crate::client_status::ClientStatus;

/// Before the name of every metric.
const PREFIX: &str = "aither_client";

impl HemeraClient {
    /// Makes the figures of this client and all its clones part of a registry: `aither_client_…`, as
    /// [`figures`](crate::figures) lists them.
    ///
    /// Register a client once. The names get the prefix of `registry` in front, if it has one; two clients in one registry
    /// need `registry.sub_registry_with_label(…)` to be told apart. The registry does not keep the client alive: when its
    /// last handle is dropped, what is read from it (gauges) ends, and what was counted stays.
    ///
    /// ```
    /// # fn example(hemera: &aither_client::HemeraClient) -> Result<String, std::fmt::Error> {
    /// use aither_client::prometheus_client::encoding::text::encode;
    /// use aither_client::prometheus_client::registry::Registry;
    ///
    /// let mut registry = Registry::default();
    /// hemera.register_metrics(&mut registry);
    ///
    /// let mut text = String::new();
    /// encode(&mut text, &registry)?; // what `/metrics` answers, as application/openmetrics-text
    /// # Ok(text)
    /// # }
    /// ```
    pub fn register_metrics(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix(PREFIX);
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        registry.register("build", "The version of the client", Info::new(version));
        self.shared.pipeline.metrics.register(registry);
        registry.register_collector(Box::new(Readings(self.downgrade())));
    }
}

/// What is read from a client each time that the metrics are.
#[derive(Debug)]
struct Readings(Weak<Shared>);

impl Collector for Readings {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(shared) = self.0.upgrade() else {
            return Ok(());
        };
        let status = shared.pipeline.status();
        pace(&mut encoder, &status)?;
        circuit(&mut encoder, status.circuit)?;
        tokens(&mut encoder, &shared)?;
        let Some(cache) = &shared.pipeline.response_cache else {
            return Ok(());
        };
        let (responses, bytes) = cache.size();
        gauge(
            &mut encoder,
            "response_cache_responses",
            "Responses in the cache",
            None,
            responses,
        )?;
        gauge(
            &mut encoder,
            "response_cache_size",
            "The size of the responses in the cache",
            Some(&Unit::Bytes),
            bytes,
        )
    }
}

fn pace(encoder: &mut DescriptorEncoder<'_>, status: &ClientStatus) -> fmt::Result {
    gauge(
        encoder,
        "waiting_calls",
        "Calls that wait at the pacing gate",
        None,
        status.waiting,
    )?;
    gauge(
        encoder,
        "attempts_in_flight",
        "Requests that were sent and have no response yet",
        None,
        status.in_flight,
    )?;
    let pause = status.paused_for.unwrap_or_default().as_secs_f64();
    gauge(
        encoder,
        "pause",
        "How much longer all calls wait because Hemera asked for it",
        Some(&Unit::Seconds),
        pause,
    )?;
    if let Some(retries) = status.retries_left {
        let help = "Retries that the retry budget allows now";
        gauge(encoder, "retries_available", help, None, retries)?;
    }
    let Some(announced) = status.rate_limit else {
        return Ok(());
    };
    let help = "Requests a window that Hemera announced with its latest response";
    gauge(encoder, "rate_limit_requests", help, None, announced.limit)?;
    let help = "Requests that Hemera would have admitted at once after its latest response";
    gauge(
        encoder,
        "rate_limit_remaining_requests",
        help,
        None,
        announced.remaining,
    )
}

fn circuit(encoder: &mut DescriptorEncoder<'_>, state: CircuitState) -> fmt::Result {
    let help = "Whether calls are sent: 1 for the current state, 0 for the others";
    let mut family = encoder.encode_descriptor("circuit_state", help, None, MetricType::Gauge)?;
    for (word, is_now) in [
        ("closed", state == CircuitState::Closed),
        ("open", matches!(state, CircuitState::Open { .. })),
        ("probing", state == CircuitState::Probing),
    ] {
        let value = ConstGauge::new(u32::from(is_now));
        value.encode(family.encode_family(&[("state", word)])?)?;
    }
    Ok(())
}

fn tokens(encoder: &mut DescriptorEncoder<'_>, shared: &Shared) -> fmt::Result {
    let tokens = &shared.pipeline.tokens;
    if let Some(held) = tokens.peek() {
        let help = "The age of the token that calls are sent with";
        let age = held.age.as_secs_f64();
        gauge(encoder, "token_age", help, Some(&Unit::Seconds), age)?;
        if let Some(left) = held.remaining() {
            let help = "How much longer that token is valid";
            let left = left.as_secs_f64();
            gauge(encoder, "token_remaining", help, Some(&Unit::Seconds), left)?;
        }
    }
    let Some(end) = tokens.enrolment_ends_at() else {
        return Ok(());
    };
    let help = "When the session ends that tokens are minted from, in seconds since 1970";
    let end = since_1970(end);
    gauge(
        encoder,
        "enrolment_end_timestamp",
        help,
        Some(&Unit::Seconds),
        end,
    )
}

fn since_1970(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

fn gauge<N>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    value: N,
) -> fmt::Result
where
    ConstGauge<N>: EncodeMetric,
{
    ConstGauge::new(value).encode(encoder.encode_descriptor(name, help, unit, MetricType::Gauge)?)
}
