//! Health and figures of the door.
//!
//! Health is fixed words without any detail, so it needs no key; figures say what programs do here, so they need it.

use std::time::Duration;

use aither_client::{CircuitState, HemeraClient};
use http::{HeaderValue, StatusCode};

use crate::answer::{self, Answer};
use crate::metrics::Metrics;

/// How long readiness waits for a token.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(5);

/// Answers as long as the process runs.
pub(crate) fn live() -> Answer {
    answer::text(StatusCode::OK, "live\n")
}

/// Whether a request would be sent to Hemera now: its circuit is not open, and there is a token or the source gives one. It
/// sends Hemera nothing. A valid token is not renewed for it, and a source that gives none is asked no more often than for calls.
pub(crate) async fn ready(client: &HemeraClient) -> Answer {
    if matches!(client.status().circuit, CircuitState::Open { probe_in } if !probe_in.is_zero()) {
        return answer::text(StatusCode::SERVICE_UNAVAILABLE, "not ready: hemera\n");
    }
    match tokio::time::timeout(TOKEN_TIMEOUT, client.tokens().warm()).await {
        Ok(Ok(())) => answer::text(StatusCode::OK, "ready\n"),
        Ok(Err(_)) | Err(_) => answer::text(StatusCode::SERVICE_UNAVAILABLE, "not ready: token\n"),
    }
}

/// The figures of the door and of its client.
pub(crate) fn metrics(metrics: &Metrics) -> Answer {
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match metrics.text() {
        Ok(text) => answer::own(StatusCode::OK, HeaderValue::from_static(content_type), text),
        Err(_) => answer::text(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the figures cannot be written\n",
        ),
    }
}
