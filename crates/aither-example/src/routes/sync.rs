//! `/api/sync`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;

use crate::app::App;
use crate::refusal::Refusal;
use crate::sync_status::SyncStatus;

/// Starts a sync, and answers at once: 202, or 409 while one runs. A sync takes longer than a caller should wait.
pub(crate) async fn start(State(app): State<App>) -> Result<impl IntoResponse, Refusal> {
    let status = app.sync.start()?;
    Ok((StatusCode::ACCEPTED, [(LOCATION, "/api/sync")], Json(status)))
}

/// Whether a sync runs, how far it is, and how the last one ended.
pub(crate) async fn status(State(app): State<App>) -> Json<SyncStatus> {
    Json(app.sync.status())
}
