//! The instance as a whole: what it is, what its settings are, and its beginning.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::body::ControlBody;
use crate::app::App;
use crate::publishable_key;
use crate::wire::reply::Reply;
use crate::world::settings::Settings;

/// `GET /__emulator`: what a program needs to use this instance.
pub(super) async fn show(State(app): State<App>) -> Reply {
    let world = app.world();
    Ok(Json(json!({
        "issuer": world.issuer,
        "instance_id": world.settings.id,
        "environment": world.settings.environment,
        "publishable_key": publishable_key::of(&world.issuer, world.settings.environment),
        "secret_key": world.secret_keys.first(),
        "jwt_key": world.keys.current().public_pem()?,
    })))
}

/// `GET /__emulator/settings`
pub(super) async fn settings(State(app): State<App>) -> Json<Value> {
    Json(json!(app.world().settings))
}

/// `PATCH /__emulator/settings`: changes what is named and leaves the rest.
pub(super) async fn change_settings(
    State(app): State<App>,
    ControlBody(change): ControlBody<Map<String, Value>>,
) -> Reply {
    let mut world = app.world();
    world.settings = world.settings.changed(change)?;
    Ok(Json(json!(Settings::clone(&world.settings))))
}

/// `POST /__emulator/reset`: as it was at the start.
pub(super) async fn reset(State(app): State<App>) -> Json<Value> {
    app.reset();
    Json(json!({}))
}
