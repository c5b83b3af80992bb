//! `DELETE /v1/users/{user_id}`

use axum::Json;
use axum::extract::{Path, State};
use serde_json::json;

use crate::app::App;
use crate::shape;
use crate::wire::reply::Reply;

pub(crate) async fn handle(State(app): State<App>, Path(user_id): Path<String>) -> Reply {
    let user = app.world().delete_user(&user_id)?;
    let mut deleted = shape::deleted::backend("user", &user.id);
    if let Some(external_id) = user.external_id {
        deleted["external_id"] = json!(external_id);
    }
    Ok(Json(deleted))
}
