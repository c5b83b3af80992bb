//! `DELETE /v1/jwt_templates/{template_id}`

use axum::Json;
use axum::extract::{Path, State};

use crate::app::App;
use crate::shape;
use crate::wire::reply::Reply;

pub(crate) async fn handle(State(app): State<App>, Path(template_id): Path<String>) -> Reply {
    let template = app.world().delete_jwt_template(&template_id)?;
    Ok(Json(shape::deleted::backend("jwt_template", &template.id)))
}
