//! `POST /v1/client/sessions/{session_id}/touch`: the session is in use.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;

use super::live;
use crate::app::App;
use crate::frontend::visitor::{Proof, Visitor};
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::FormParams;

pub(crate) async fn handle(
    State(app): State<App>,
    Path(session_id): Path<String>,
    visitor: Visitor,
    FormParams(mut params): FormParams,
) -> Result<Response, Refusal> {
    let intent = params.text("intent")?.optional();
    if intent.is_some_and(|intent| !matches!(intent.as_str(), "focus" | "select_session" | "select_org")) {
        return Err(Refusal::param_value(
            "intent",
            "must be focus, select_session or select_org",
        ));
    }
    let organization = params.text("active_organization_id")?.optional();
    if organization.is_some_and(|id| !id.is_empty()) {
        return Err(Refusal::not_emulated("organizations"));
    }
    params.finish()?;
    let now = app.now();
    let mut world = app.world();
    let session = live(&mut world, &visitor, &session_id, now)?;
    session.last_active_at = now;
    session.updated_at = now;
    let session = session.clone();
    if let Some(client) = world.clients.get_mut(&session.client_id) {
        client.last_active_session_id = Some(session_id);
    }
    let body = json!({
        "response": shape::session::frontend(&world, &session, visitor.origin(), now)?,
        "client": shape::client::frontend(&world, &session.client_id, visitor.origin(), now)?,
    });
    visitor.answer(&mut world, body, Proof::Kept, now)
}
