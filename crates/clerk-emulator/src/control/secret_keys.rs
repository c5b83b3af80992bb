//! The secret keys of the instance, as the dashboard adds and deletes them.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::body::ControlBody;
use crate::app::App;
use crate::wire::reply::Reply;

/// Which key.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Addition {
    /// A key that the instance is to accept; a new one, if none.
    secret_key: Option<String>,
}

/// Which key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deletion {
    secret_key: String,
}

/// `POST /__emulator/secret_keys`: the key is accepted from now on, beside the others.
pub(super) async fn add(State(app): State<App>, ControlBody(addition): ControlBody<Addition>) -> Reply {
    let key = app.world().add_secret_key(addition.secret_key);
    Ok(Json(json!({ "secret_key": key })))
}

/// `DELETE /__emulator/secret_keys`: the key is refused from now on.
pub(super) async fn delete(State(app): State<App>, ControlBody(deletion): ControlBody<Deletion>) -> Reply {
    app.world().delete_secret_key(&deletion.secret_key)?;
    Ok(Json(json!({})))
}
