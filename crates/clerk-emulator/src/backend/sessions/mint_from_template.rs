//! `POST /v1/sessions/{session_id}/tokens/{template}`

use axum::Json;
use axum::extract::{Path, State};

use super::mint::{answer, lifetime};
use crate::app::App;
use crate::wire::body::JsonParams;
use crate::wire::reply::Reply;

pub(crate) async fn handle(
    State(app): State<App>,
    Path((session_id, template)): Path<(String, String)>,
    JsonParams(params): JsonParams,
) -> Reply {
    let lifetime = lifetime(params)?;
    let now = app.now();
    let unsigned = {
        let world = app.world();
        let session = world.live_session(&session_id, now)?;
        let template = world.jwt_template_named(&template)?;
        world.template_token(world.user(&session.user_id)?, template, lifetime, None, now)
    };
    Ok(Json(answer(&unsigned)?))
}
