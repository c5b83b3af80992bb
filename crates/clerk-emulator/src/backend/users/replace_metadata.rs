//! `PUT /v1/users/{user_id}/metadata`: what is sent replaces what was there.

use axum::Json;
use axum::extract::{Path, State};

use super::metadata;
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
    let change = metadata::take(&mut params)?;
    params.finish()?;
    let now = app.now();
    Ok(Json(shape::user::backend(
        app.world().replace_metadata(&user_id, change, now)?,
    )))
}
