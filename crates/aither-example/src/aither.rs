//! The service, and which handler answers what.

use std::sync::Arc;
use std::time::Duration;

use aither_client::HemeraClient;
use aither_client::freshness::{Clock, SystemClock};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::access::{bound, require_key};
use crate::app::App;
use crate::key::LocalKey;
use crate::observe::observe;
use crate::refusal::Refusal;
use crate::routes;
use crate::settings::Settings;

/// The longest body of a request.
const BODY_BYTES: usize = 16 * 1024;

/// A small Aither around a client of Hemera.
#[derive(Clone, Debug)]
pub struct Aither(App);

impl Aither {
    /// A service that calls Hemera through this client.
    ///
    /// Make it once for a client: it takes the client's figures into its `/metrics`.
    pub fn new(hemera: HemeraClient, key: LocalKey, settings: &Settings) -> Self {
        Self::with_clock(hemera, key, settings, SystemClock)
    }

    /// The same, on another clock: for tests.
    pub fn with_clock(hemera: HemeraClient, key: LocalKey, settings: &Settings, clock: impl Clock) -> Self {
        Self(App::new(hemera, key, settings, Arc::new(clock)))
    }

    /// The routes, to be served or to be nested in another application.
    pub fn router(&self) -> Router {
        let app = self.0.clone();
        let api = Router::new()
            .route("/api/sync", post(routes::sync::start).get(routes::sync::status))
            .route("/api/slides", get(routes::slides::deck))
            .route("/api/recordings", post(routes::recordings::file))
            .layer(DefaultBodyLimit::max(BODY_BYTES))
            .layer(from_fn_with_state(app.clone(), bound))
            .layer(from_fn_with_state(app.clone(), require_key));
        Router::new()
            .merge(api)
            // Without the key: it has no data of people, and Prometheus then needs no secret of this service.
            .route("/metrics", get(routes::metrics::metrics))
            .fallback(async || Refusal::no_such_route())
            .method_not_allowed_fallback(async || Refusal::no_such_method())
            .layer(from_fn_with_state(app.clone(), observe))
            .with_state(app)
    }

    /// Waits for a running sync, at most this long, then cancels it. A cancelled sync leaves the directory as it was after
    /// the last course that it wrote. No sync starts any more.
    pub async fn stop_sync(&self, patience: Duration) {
        self.0.sync.stop(patience).await;
    }
}
