//! `GET /v1/machines/{machine_id}/secret_key`

use axum::Json;
use axum::extract::{Path, State};

use crate::app::App;
use crate::shape;
use crate::wire::reply::Reply;

pub(crate) async fn handle(State(app): State<App>, Path(machine_id): Path<String>) -> Reply {
    Ok(Json(shape::machine::secret_key(
        app.world().machine(&machine_id)?,
    )))
}
