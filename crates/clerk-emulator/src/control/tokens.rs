//! The signing keys, and tokens that are wrong on purpose.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::ControlBody;
use crate::app::App;
use crate::forge::{Forgery, forge};
use crate::wire::reply::Reply;

/// How to rotate.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Rotation {
    /// The new key takes the old one's name, and the old one is gone.
    same_kid: bool,
}

/// `POST /__emulator/keys/rotate`: returns the key set as it is then.
pub(super) async fn rotate(State(app): State<App>, ControlBody(rotation): ControlBody<Rotation>) -> Reply {
    let now = app.now();
    let mut world = app.world();
    world.keys.rotate(rotation.same_kid, now)?;
    Ok(Json(world.keys.jwks()))
}

/// `DELETE /__emulator/keys/previous`: returns the key set as it is then.
pub(super) async fn withdraw_previous(State(app): State<App>) -> Json<Value> {
    let mut world = app.world();
    world.keys.withdraw_previous();
    Json(world.keys.jwks())
}

/// `POST /__emulator/forge`
pub(super) async fn forge_token(State(app): State<App>, ControlBody(forgery): ControlBody<Forgery>) -> Reply {
    Ok(Json(json!({"jwt": forge(&app, &forgery)?})))
}
