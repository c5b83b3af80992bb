//! `GET /v1/sessions/{session_id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::app::App;
use crate::shape;
use crate::wire::reply::Reply;

pub(crate) async fn handle(State(app): State<App>, Path(session_id): Path<String>) -> Reply {
    let now = app.now();
    Ok(Json(shape::session::backend(
        app.world().session(&session_id)?,
        now,
    )))
}
