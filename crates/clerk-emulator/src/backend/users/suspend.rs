//! Banning and locking users.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::params::Params;
use crate::wire::reply::Reply;

/// The most users of one request.
const MAX_USERS: usize = 50;

/// `POST /v1/users/{user_id}/ban`
pub(crate) async fn ban(State(app): State<App>, Path(user_id): Path<String>) -> Reply {
    set_banned(&app, &user_id, true)
}

/// `POST /v1/users/{user_id}/unban`
pub(crate) async fn unban(State(app): State<App>, Path(user_id): Path<String>) -> Reply {
    set_banned(&app, &user_id, false)
}

/// `POST /v1/users/ban`
pub(crate) async fn ban_many(State(app): State<App>, JsonParams(params): JsonParams) -> Reply {
    set_all_banned(&app, params, true)
}

/// `POST /v1/users/unban`
pub(crate) async fn unban_many(State(app): State<App>, JsonParams(params): JsonParams) -> Reply {
    set_all_banned(&app, params, false)
}

/// `POST /v1/users/{user_id}/lock`
pub(crate) async fn lock(State(app): State<App>, Path(user_id): Path<String>) -> Reply {
    set_locked(&app, &user_id, true)
}

/// `POST /v1/users/{user_id}/unlock`
pub(crate) async fn unlock(State(app): State<App>, Path(user_id): Path<String>) -> Reply {
    set_locked(&app, &user_id, false)
}

fn set_banned(app: &App, user_id: &str, banned: bool) -> Reply {
    let now = app.now();
    let mut world = app.world();
    Ok(Json(shape::user::backend(
        world.set_banned(user_id, banned, now)?,
    )))
}

fn set_locked(app: &App, user_id: &str, locked: bool) -> Reply {
    let now = app.now();
    let mut world = app.world();
    Ok(Json(shape::user::backend(
        world.set_locked(user_id, locked, now)?,
    )))
}

/// Bans or unbans all of `user_ids`, or none where one is unknown.
fn set_all_banned(app: &App, mut params: Params, banned: bool) -> Reply {
    let ids = params.texts("user_ids")?.required("user_ids");
    let ids = ids.map_err(Refusal::into_bad_request)?;
    if ids.is_empty() || ids.len() > MAX_USERS {
        let why = format!("Parameters exceed the maximum allowed bulk processing size of {MAX_USERS}.");
        return Err(Refusal::new(400, "bulk_size_exceeded", "bulk size exceeded", why).with_param("user_ids"));
    }
    let now = app.now();
    let mut world = app.world();
    for id in &ids {
        world.user(id).map_err(Refusal::into_bad_request)?;
    }
    let mut users = Vec::new();
    for id in &ids {
        users.push(shape::user::backend(world.set_banned(id, banned, now)?));
    }
    Ok(Json(Value::Array(users)))
}
