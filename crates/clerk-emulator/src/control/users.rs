//! `/__emulator/users/{user}`: what only a user who is signed in can do. The user is named by id or e-mail address.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::json;

use super::body::ControlBody;
use crate::app::App;
use crate::refusal::Refusal;
use crate::wire::reply::Reply;
use crate::world::World;
use crate::world::identification::NewIdentifier;

/// `POST /__emulator/users/{user}/identifiers`
pub(super) async fn add_identifier(
    State(app): State<App>,
    Path(user): Path<String>,
    ControlBody(new): ControlBody<NewIdentifier>,
) -> Reply {
    let now = app.now();
    let mut world = app.world();
    let user_id = named(&world, &user)?;
    Ok(Json(json!({ "id": world.add_identifier(&user_id, &new, now)? })))
}

/// `DELETE /__emulator/users/{user}/identifiers/{identifier_id}`
pub(super) async fn remove_identifier(
    State(app): State<App>,
    Path((user, identifier_id)): Path<(String, String)>,
) -> Reply {
    let now = app.now();
    let mut world = app.world();
    let user_id = named(&world, &user)?;
    world.remove_identifier(&user_id, &identifier_id, now)?;
    Ok(Json(json!({})))
}

fn named(world: &World, user: &str) -> Result<String, Refusal> {
    let found = world.user_named(user).map(|user| user.id.clone());
    found.ok_or_else(|| Refusal::not_found("user", user))
}
