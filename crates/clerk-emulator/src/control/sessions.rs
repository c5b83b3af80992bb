//! `/__emulator/sessions/{session_id}`: states that no API call brings about.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::json;

use super::body::ControlBody;
use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::reply::Reply;
use crate::world::session::SessionStatus;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusChange {
    status: SessionStatus,
}

pub(super) async fn set_status(
    State(app): State<App>,
    Path(session_id): Path<String>,
    ControlBody(change): ControlBody<StatusChange>,
) -> Reply {
    let now = app.now();
    let mut world = app.world();
    let session = world.session_mut(&session_id)?;
    session.end(change.status, now);
    Ok(Json(shape::session::backend(session, now)))
}

/// As if Clerk had cleaned it up.
pub(super) async fn forget(State(app): State<App>, Path(session_id): Path<String>) -> Reply {
    let gone = app.world().sessions.remove(&session_id);
    gone.map(|_| Json(json!({})))
        .ok_or_else(|| Refusal::not_found("session", &session_id))
}
