//! `POST /v1/machines`: the one answer that carries the secret key unasked.

use axum::Json;
use axum::extract::State;

use super::fields;
use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::reply::Reply;
use crate::world::machine::{DEFAULT_TOKEN_TTL, MAX_SCOPES, Machine};

pub(crate) async fn handle(State(app): State<App>, JsonParams(mut params): JsonParams) -> Reply {
    let name = fields::name(&mut params)?.ok_or_else(|| Refusal::param_missing("name"))?;
    let ttl = fields::default_token_ttl(&mut params)?.unwrap_or(DEFAULT_TOKEN_TTL);
    let scopes = params.texts("scoped_machines")?.optional().unwrap_or_default();
    params.finish()?;
    if scopes.len() > MAX_SCOPES {
        return Err(Refusal::param_value(
            "scoped_machines",
            "takes at most 150 machines",
        ));
    }
    let mut world = app.world();
    let id = world
        .create_machine(Machine::new(name, ttl, app.now()), scopes)?
        .id
        .clone();
    Ok(Json(shape::machine::created(&world, world.machine(&id)?)))
}
