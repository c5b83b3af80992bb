//! `POST /v1/users/ban`

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::params::Params;
use crate::wire::reply::Reply;

/// The most users of one request.
const MAX_USERS: usize = 50;

pub(crate) async fn handle(State(app): State<App>, JsonParams(params): JsonParams) -> Reply {
    set_all(&app, params, true)
}

/// Bans or unbans all of `user_ids`, or none where one is unknown.
pub(super) fn set_all(app: &App, mut params: Params, banned: bool) -> Reply {
    let ids = params.texts("user_ids")?.required("user_ids")?;
    params.finish()?;
    if ids.is_empty() || ids.len() > MAX_USERS {
        let why = "Between 1 and 50 users can be changed at once";
        return Err(Refusal::new(400, "bulk_size_exceeded", "bulk size exceeded", why).with_param("user_ids"));
    }
    let now = app.now();
    let mut world = app.world();
    for id in &ids {
        world.user(id)?;
    }
    let mut users = Vec::new();
    for id in &ids {
        users.push(shape::user::backend(world.set_banned(id, banned, now)?));
    }
    Ok(Json(Value::Array(users)))
}
