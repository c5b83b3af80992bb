//! `DELETE /v1/machines/{machine_id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::app::App;
use crate::shape;
use crate::wire::reply::Reply;

pub(crate) async fn handle(State(app): State<App>, Path(machine_id): Path<String>) -> Reply {
    app.world().delete_machine(&machine_id)?;
    Ok(Json(shape::deleted::backend("machine", &machine_id)))
}
