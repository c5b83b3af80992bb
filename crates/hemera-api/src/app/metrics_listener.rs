//! Where the metrics are read: on a listener of their own, never where callers come in.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::config::HttpConfig;
use crate::http::connections::OpenConnections;
use crate::http::server;
use crate::http::state::AppState;
use crate::metrics::Format;

/// A listener that does not answer yet.
#[derive(Debug)]
pub(super) struct MetricsListener {
    listener: TcpListener,
    address: SocketAddr,
}

/// A listener that answers. Dropping it ends that.
#[derive(Debug)]
#[must_use = "it answers until it is dropped"]
pub(super) struct Answering {
    _stop: DropGuard,
}

impl MetricsListener {
    pub(super) fn new(listener: TcpListener, address: SocketAddr) -> Self {
        Self { listener, address }
    }

    /// The address that it listens on.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers in the background, also while the main server finishes its last requests.
    pub(super) fn start(self, state: AppState, http: &HttpConfig) -> Answering {
        let stop = CancellationToken::new();
        let asked = stop.clone();
        let http = http.clone();
        let connections = OpenConnections::aside(&http, Arc::clone(&state.clock));
        tokio::spawn(async move {
            let serving = server::serve_aside(self.listener, router(state), &http, &connections, asked);
            if let Err(error) = serving.await {
                tracing::error!(%error, "the metrics' listener ended on its own");
            }
        });
        Answering {
            _stop: stop.drop_guard(),
        }
    }
}

fn router(state: AppState) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .fallback(async || (StatusCode::NOT_FOUND, "the metrics are at /metrics\n"))
        .with_state(state)
}

async fn metrics(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let format = Format::accepted(&headers);
    match state.metrics.text(format) {
        Ok(text) => {
            let headers = [
                (CONTENT_TYPE, format.content_type()),
                (CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (VARY, HeaderValue::from_static("accept")),
            ];
            (headers, text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
