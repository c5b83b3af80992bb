//! `PATCH /v1/machines/{machine_id}`

use axum::Json;
use axum::extract::{Path, State};

use super::fields;
use crate::app::App;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::reply::Reply;

pub(crate) async fn handle(
    State(app): State<App>,
    Path(machine_id): Path<String>,
    JsonParams(mut params): JsonParams,
) -> Reply {
    let name = fields::name(&mut params)?;
    let ttl = fields::default_token_ttl(&mut params)?;
    params.finish()?;
    let now = app.now();
    let mut world = app.world();
    let machine = world.machine_mut(&machine_id)?;
    machine.name = name.unwrap_or_else(|| machine.name.clone());
    machine.default_token_ttl = ttl.unwrap_or(machine.default_token_ttl);
    machine.updated_at = now;
    Ok(Json(shape::machine::backend(&world, world.machine(&machine_id)?)))
}
