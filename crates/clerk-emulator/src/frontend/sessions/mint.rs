//! `POST /v1/client/sessions/{session_id}/tokens`: `azp` is the `Origin` of the request, where it has one.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;

use super::live;
use crate::app::App;
use crate::frontend::visitor::{Proof, Visitor};
use crate::refusal::Refusal;
use crate::wire::body::FormParams;

pub(crate) async fn handle(
    State(app): State<App>,
    Path(session_id): Path<String>,
    visitor: Visitor,
    // What SDKs send here (`organization_id`, `tab_state`, `token`, `force_origin`) changes nothing.
    FormParams(_): FormParams,
) -> Result<Response, Refusal> {
    let now = app.now();
    let mut world = app.world();
    let session = live(&mut world, &visitor, &session_id, now)?;
    session.last_active_at = now;
    let session = session.clone();
    let jwt = world
        .session_token(&session, None, visitor.origin(), now)?
        .sign()?;
    visitor.answer(
        &mut world,
        json!({"object": "token", "jwt": jwt}),
        Proof::Kept,
        now,
    )
}
