//! `GET /__emulator`: what a program needs to use this instance.

use axum::Json;
use axum::extract::State;
use serde_json::json;

use crate::app::App;
use crate::publishable_key;
use crate::wire::reply::Reply;

pub(super) async fn handle(State(app): State<App>) -> Reply {
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
