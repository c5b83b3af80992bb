//! `GET /v1/instance`

use axum::Json;
use axum::extract::State;
use serde_json::json;

use crate::app::App;
use crate::wire::reply::Reply;
use crate::world::settings::Environment;

pub(crate) async fn handle(State(app): State<App>) -> Reply {
    let world = app.world();
    let environment = match world.settings.environment {
        Environment::Development => "development",
        Environment::Production => "production",
    };
    Ok(Json(json!({
        "object": "instance",
        "id": world.settings.id,
        "environment_type": environment,
        "allowed_origins": null,
        "workspace_id": null,
    })))
}
