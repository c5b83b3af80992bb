//! `/__emulator/settings`

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::body::ControlBody;
use crate::app::App;
use crate::wire::reply::Reply;
use crate::world::settings::Settings;

pub(super) async fn show(State(app): State<App>) -> Json<Value> {
    Json(json!(app.world().settings))
}

/// Changes what is named and leaves the rest.
pub(super) async fn change(
    State(app): State<App>,
    ControlBody(change): ControlBody<Map<String, Value>>,
) -> Reply {
    let mut world = app.world();
    world.settings = world.settings.changed(change)?;
    Ok(Json(json!(Settings::clone(&world.settings))))
}
