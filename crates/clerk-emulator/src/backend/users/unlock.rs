//! `POST /v1/users/{user_id}/unlock`

use axum::Json;
use axum::extract::{Path, State};

use crate::app::App;
use crate::shape;
use crate::wire::reply::Reply;

pub(crate) async fn handle(State(app): State<App>, Path(user_id): Path<String>) -> Reply {
    let now = app.now();
    Ok(Json(shape::user::backend(
        app.world().set_locked(&user_id, false, now)?,
    )))
}
