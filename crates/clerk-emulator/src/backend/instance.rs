//! What concerns the instance as a whole: its settings, its key set, its testing tokens.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde_json::json;

use crate::app::App;
use crate::id;
use crate::wire::reply::Reply;

/// `GET /v1/instance`
pub(super) async fn show(State(app): State<App>) -> Reply {
    let world = app.world();
    Ok(Json(json!({
        "object": "instance",
        "id": world.settings.id,
        "environment_type": world.settings.environment,
        "allowed_origins": null,
        "workspace_id": null,
    })))
}

/// `GET /v1/jwks`
pub(super) async fn jwks(State(app): State<App>) -> Reply {
    Ok(Json(app.world().keys.jwks()))
}

/// UNVERIFIED: how long a testing token lives, and that its prefix is when it was made. Both are so in the example of
/// the published description.
const LIFETIME: Duration = Duration::from_hours(1);

/// `POST /v1/testing_tokens`
pub(super) async fn create_testing_token(State(app): State<App>) -> Reply {
    let now = app.now();
    Ok(Json(json!({
        "object": "testing_token",
        "token": format!("{}-c_{}", now.seconds(), id::secret(27)),
        "expires_at": now.plus(LIFETIME).seconds(),
    })))
}
