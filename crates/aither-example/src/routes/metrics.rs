//! `/metrics`

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

use crate::app::App;
use crate::figures::CONTENT_TYPE as FORMAT;
use crate::refusal::Refusal;

/// The figures of this service and of its client, for Prometheus.
pub(crate) async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Refusal> {
    let text = app.figures.text().map_err(|_| Refusal::internal())?;
    Ok(([(CONTENT_TYPE, FORMAT), (CACHE_CONTROL, "no-store")], text))
}
