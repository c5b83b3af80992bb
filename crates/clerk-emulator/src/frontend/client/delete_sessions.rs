//! `DELETE /v1/client/sessions`: removes every session and keeps the client.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use crate::app::App;
use crate::frontend::visitor::{Proof, Visitor};
use crate::refusal::Refusal;
use crate::shape;
use crate::world::session::Status;

pub(crate) async fn handle(State(app): State<App>, visitor: Visitor) -> Result<Response, Refusal> {
    let now = app.now();
    let mut world = app.world();
    let client_id = visitor.signed_in()?;
    world.end_client_sessions(client_id, Status::Removed, now);
    let client = shape::client::frontend(&world, client_id, visitor.origin(), now)?;
    visitor.answer(
        &mut world,
        json!({"response": client, "client": null}),
        Proof::Kept,
        now,
    )
}
