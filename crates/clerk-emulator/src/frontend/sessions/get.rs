//! `GET /v1/client/sessions/{session_id}`

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;

use crate::app::App;
use crate::frontend::visitor::{Proof, Visitor};
use crate::refusal::Refusal;
use crate::shape;

pub(crate) async fn handle(
    State(app): State<App>,
    Path(session_id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let now = app.now();
    let mut world = app.world();
    let client_id = visitor.signed_in()?;
    let session = world.session_of_client(client_id, &session_id)?.clone();
    let body = json!({
        "response": shape::session::frontend(&world, &session, visitor.origin(), now)?,
        "client": shape::client::frontend(&world, client_id, visitor.origin(), now)?,
    });
    visitor.answer(&mut world, body, Proof::Kept, now)
}
