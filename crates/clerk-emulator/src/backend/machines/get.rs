//! `GET /v1/machines/{machine_id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::app::App;
use crate::shape;
use crate::wire::reply::Reply;

pub(crate) async fn handle(State(app): State<App>, Path(machine_id): Path<String>) -> Reply {
    let world = app.world();
    Ok(Json(shape::machine::backend(&world, world.machine(&machine_id)?)))
}
