//! `POST /v1/jwt_templates`

use axum::Json;
use axum::extract::State;

use super::draft;
use crate::app::App;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::reply::Reply;

pub(crate) async fn handle(State(app): State<App>, JsonParams(params): JsonParams) -> Reply {
    let draft = draft::read(params, None)?;
    let now = app.now();
    Ok(Json(shape::jwt_template::backend(
        app.world().create_jwt_template(draft, now)?,
    )))
}
