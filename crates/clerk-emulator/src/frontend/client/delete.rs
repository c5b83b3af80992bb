//! `DELETE /v1/client`: removes every session and forgets the client.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use crate::app::App;
use crate::frontend::visitor::{Proof, Visitor};
use crate::refusal::Refusal;
use crate::world::session::Status;

pub(crate) async fn handle(State(app): State<App>, visitor: Visitor) -> Result<Response, Refusal> {
    let now = app.now();
    let mut world = app.world();
    let client_id = visitor
        .client_id()
        .ok_or_else(|| Refusal::not_found("client", "of this request"))?;
    world.end_client_sessions(client_id, Status::Removed, now);
    world.clients.remove(client_id);
    visitor.answer(
        &mut world,
        json!({"response": null, "client": null}),
        Proof::Cleared,
        now,
    )
}
