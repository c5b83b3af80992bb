//! `POST /v1/dev_browser`: on development instances only.

use axum::Json;
use axum::extract::State;
use serde_json::json;

use crate::app::App;
use crate::id;
use crate::refusal::Refusal;
use crate::wire::reply::Reply;
use crate::world::client::DevBrowser;

/// The id is the token: SDKs send back what they find in `id`.
pub(super) async fn create(State(app): State<App>) -> Reply {
    let now = app.now();
    let mut world = app.world();
    if world.settings.is_production() {
        return Err(Refusal::wrong_environment());
    }
    let id = id::object("dvb", now);
    world.dev_browsers.insert(
        id.clone(),
        DevBrowser {
            id: id.clone(),
            client_id: None,
        },
    );
    Ok(Json(json!({
        "object": "dev_browser",
        "id": id,
        "token": id,
        "instance_id": world.settings.id,
        "created_at": now,
        "updated_at": now,
    })))
}
