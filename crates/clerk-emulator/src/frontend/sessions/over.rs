//! What ending and removing a session have in common.

use axum::response::Response;
use serde_json::json;

use super::live;
use crate::app::App;
use crate::frontend::visitor::{Proof, Visitor};
use crate::refusal::Refusal;
use crate::shape;
use crate::world::session::Status;

/// Puts the visitor's session into a final state.
pub(super) fn put(
    app: &App,
    visitor: &Visitor,
    session_id: &str,
    status: Status,
) -> Result<Response, Refusal> {
    let now = app.now();
    let mut world = app.world();
    let session = live(&mut world, visitor, session_id, now)?;
    session.end(status, now);
    let session = session.clone();
    if let Some(client) = world.clients.get_mut(&session.client_id)
        && client.last_active_session_id.as_deref() == Some(session_id)
    {
        client.last_active_session_id = None;
        client.updated_at = now;
    }
    let body = json!({
        "response": shape::session::frontend(&world, &session, visitor.origin(), now)?,
        "client": shape::client::frontend(&world, &session.client_id, visitor.origin(), now)?,
    });
    visitor.answer(&mut world, body, Proof::Kept, now)
}
