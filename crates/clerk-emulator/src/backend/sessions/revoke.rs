//! `POST /v1/sessions/{session_id}/revoke`

use axum::Json;
use axum::extract::{Path, State};

use crate::app::App;
use crate::shape;
use crate::wire::reply::Reply;
use crate::world::session::Status;

/// UNVERIFIED: the answer for a session that is already over; it becomes `revoked` here.
pub(crate) async fn handle(State(app): State<App>, Path(session_id): Path<String>) -> Reply {
    let now = app.now();
    let mut world = app.world();
    let session = world.session_mut(&session_id)?;
    session.end(Status::Revoked, now);
    Ok(Json(shape::session::backend(session, now)))
}
