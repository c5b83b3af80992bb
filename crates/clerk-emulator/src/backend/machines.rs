//! `/v1/machines`

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::json;

use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::page::Page;
use crate::wire::params::Params;
use crate::wire::query::Query;
use crate::wire::reply::Reply;
use crate::world::machine::{DEFAULT_TOKEN_TTL, MAX_SCOPES, Machine};

/// `GET /v1/machines`: always in an envelope.
///
/// UNVERIFIED: by what else than their creation machines can be ordered.
pub(super) async fn list(State(app): State<App>, query: Query) -> Reply {
    let page = Page::from_query(&query)?;
    let ascending = query.get("order_by").is_some_and(|order| !order.starts_with('-'));
    let world = app.world();
    let found = world.find_machines(query.get("query"), ascending);
    let all = found
        .into_iter()
        .map(|machine| shape::machine::backend(&world, machine))
        .collect();
    Ok(Json(page.envelope(all)))
}

/// `POST /v1/machines`: the one answer that carries the secret key unasked.
pub(super) async fn create(State(app): State<App>, JsonParams(mut params): JsonParams) -> Reply {
    let name = name_of(&mut params)?.ok_or_else(|| Refusal::param_missing("name"))?;
    let ttl = default_token_ttl(&mut params)?.unwrap_or(DEFAULT_TOKEN_TTL);
    let scopes = params.texts("scoped_machines")?.optional().unwrap_or_default();
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

/// `GET /v1/machines/{machine_id}`
pub(super) async fn get(State(app): State<App>, Path(machine_id): Path<String>) -> Reply {
    let world = app.world();
    Ok(Json(shape::machine::backend(&world, world.machine(&machine_id)?)))
}

/// `PATCH /v1/machines/{machine_id}`
pub(super) async fn update(
    State(app): State<App>,
    Path(machine_id): Path<String>,
    JsonParams(mut params): JsonParams,
) -> Reply {
    let name = name_of(&mut params)?;
    let ttl = default_token_ttl(&mut params)?;
    let now = app.now();
    let mut world = app.world();
    let machine = world.machine_mut(&machine_id)?;
    machine.name = name.unwrap_or_else(|| machine.name.clone());
    machine.default_token_ttl = ttl.unwrap_or(machine.default_token_ttl);
    machine.updated_at = now;
    Ok(Json(shape::machine::backend(&world, world.machine(&machine_id)?)))
}

/// `DELETE /v1/machines/{machine_id}`
pub(super) async fn delete(State(app): State<App>, Path(machine_id): Path<String>) -> Reply {
    app.world().delete_machine(&machine_id)?;
    Ok(Json(shape::deleted("machine", &machine_id)))
}

/// `GET /v1/machines/{machine_id}/secret_key`
pub(super) async fn show_secret_key(State(app): State<App>, Path(machine_id): Path<String>) -> Reply {
    Ok(Json(shape::machine::secret_key(
        app.world().machine(&machine_id)?,
    )))
}

/// `POST /v1/machines/{machine_id}/secret_key/rotate`
pub(super) async fn rotate_secret_key(
    State(app): State<App>,
    Path(machine_id): Path<String>,
    JsonParams(mut params): JsonParams,
) -> Reply {
    // Eight hours at most.
    let ttl = params
        .integer("previous_token_ttl", &(0..=28_800))?
        .required("previous_token_ttl")?;
    let ttl = Duration::from_secs(u64::try_from(ttl).unwrap_or(0));
    let now = app.now();
    Ok(Json(shape::machine::secret_key(app.world().rotate_machine_key(
        &machine_id,
        ttl,
        now,
    )?)))
}

/// `POST /v1/machines/{machine_id}/scopes`
pub(super) async fn add_scope(
    State(app): State<App>,
    Path(machine_id): Path<String>,
    JsonParams(mut params): JsonParams,
) -> Reply {
    let other = params.text("to_machine_id")?.required("to_machine_id")?;
    let now = app.now();
    app.world().add_scope(&machine_id, &other, now)?;
    Ok(Json(json!({
        "object": "machine_scope",
        "from_machine_id": machine_id,
        "to_machine_id": other,
        "created_at": now,
    })))
}

/// `DELETE /v1/machines/{machine_id}/scopes/{other_id}`
pub(super) async fn remove_scope(
    State(app): State<App>,
    Path((machine_id, other_id)): Path<(String, String)>,
) -> Reply {
    let now = app.now();
    app.world().remove_scope(&machine_id, &other_id, now)?;
    Ok(Json(json!({
        "object": "machine_scope",
        "from_machine_id": machine_id,
        "to_machine_id": other_id,
        "deleted": true,
    })))
}

/// The name, 1 to 255 characters.
fn name_of(params: &mut Params) -> Result<Option<String>, Refusal> {
    let name = params.text("name")?.optional();
    match name {
        Some(name) if !(1..=255).contains(&name.chars().count()) => Err(Refusal::param_value(
            "name",
            "must have between 1 and 255 characters",
        )),
        name => Ok(name),
    }
}

/// How long the machine's tokens live where nothing else is said: 1 second to ten years.
fn default_token_ttl(params: &mut Params) -> Result<Option<i64>, Refusal> {
    Ok(params
        .integer("default_token_ttl", &(1..=315_360_000))?
        .optional())
}
