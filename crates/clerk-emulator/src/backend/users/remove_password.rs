//! `POST /v1/users/{user_id}/remove_password`: the user is returned unchanged where it has none.

use axum::Json;
use axum::extract::{Path, State};

use crate::app::App;
use crate::rate::Limited;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::reply::Reply;

pub(crate) async fn handle(
    State(app): State<App>,
    Path(user_id): Path<String>,
    JsonParams(mut params): JsonParams,
) -> Reply {
    app.limit(Limited::UserChange(user_id.clone()))?;
    let sign_out = params
        .flag("sign_out_of_other_sessions")?
        .optional()
        .unwrap_or(false);
    params.finish()?;
    let now = app.now();
    Ok(Json(shape::user::backend(
        app.world().remove_password(&user_id, sign_out, now)?,
    )))
}
