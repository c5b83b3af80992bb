//! `/__emulator/keys`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

use super::body::ControlBody;
use crate::app::App;
use crate::wire::reply::Reply;

/// How to rotate.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Rotation {
    /// The new key takes the old one's name, and the old one is gone.
    same_kid: bool,
}

/// Answers the key set as it is then.
pub(super) async fn rotate(State(app): State<App>, ControlBody(rotation): ControlBody<Rotation>) -> Reply {
    let now = app.now();
    let mut world = app.world();
    world.keys.rotate(rotation.same_kid, now)?;
    Ok(Json(world.keys.jwks()))
}

pub(super) async fn withdraw_previous(State(app): State<App>) -> Json<Value> {
    let mut world = app.world();
    world.keys.withdraw_previous();
    Json(world.keys.jwks())
}
