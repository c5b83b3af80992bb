//! `PATCH /v1/jwt_templates/{template_id}`: name and claims are needed again.

use axum::Json;
use axum::extract::{Path, State};

use super::draft;
use crate::app::App;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::reply::Reply;

pub(crate) async fn handle(
    State(app): State<App>,
    Path(template_id): Path<String>,
    JsonParams(params): JsonParams,
) -> Reply {
    let now = app.now();
    let mut world = app.world();
    let known_key = world.jwt_template(&template_id)?.custom_key.clone();
    let draft = draft::read(params, known_key)?;
    Ok(Json(shape::jwt_template::backend(world.update_jwt_template(
        &template_id,
        draft,
        now,
    )?)))
}
