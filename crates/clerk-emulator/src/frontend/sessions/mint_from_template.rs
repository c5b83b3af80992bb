//! `POST /v1/client/sessions/{session_id}/tokens/{template}`

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;

use super::live;
use crate::app::App;
use crate::frontend::visitor::{Proof, Visitor};
use crate::refusal::Refusal;

pub(crate) async fn handle(
    State(app): State<App>,
    Path((session_id, template)): Path<(String, String)>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let now = app.now();
    let mut world = app.world();
    let session = live(&mut world, &visitor, &session_id, now)?;
    session.last_active_at = now;
    let user_id = session.user_id.clone();
    let template = world.jwt_template_named(&template)?;
    let unsigned = world.template_token(world.user(&user_id)?, template, None, visitor.origin(), now);
    let body = json!({"object": "token", "jwt": unsigned.sign()?});
    visitor.answer(&mut world, body, Proof::Kept, now)
}
