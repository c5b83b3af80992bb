//! Deleting a user, and taking its password away.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::json;

use crate::app::App;
use crate::rate::Limited;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::reply::Reply;

/// `DELETE /v1/users/{user_id}`
pub(crate) async fn delete(State(app): State<App>, Path(user_id): Path<String>) -> Reply {
    let user = app.world().delete_user(&user_id)?;
    let mut deleted = shape::deleted("user", &user.id);
    if let Some(external_id) = user.external_id {
        deleted["external_id"] = json!(external_id);
    }
    Ok(Json(deleted))
}

/// `POST /v1/users/{user_id}/remove_password`: the user is returned unchanged where it has none.
pub(crate) async fn remove_password(
    State(app): State<App>,
    Path(user_id): Path<String>,
    JsonParams(mut params): JsonParams,
) -> Reply {
    app.limit(Limited::UserChange(user_id.clone()))?;
    let sign_out = params
        .flag("sign_out_of_other_sessions")?
        .optional()
        .unwrap_or(false);
    params.finish().map_err(Refusal::into_bad_request)?;
    let now = app.now();
    Ok(Json(shape::user::backend(
        app.world().remove_password(&user_id, sign_out, now)?,
    )))
}
