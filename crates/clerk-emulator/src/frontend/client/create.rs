//! `POST` and `PUT /v1/client`: a client without sessions.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use crate::app::App;
use crate::frontend::visitor::{Proof, Visitor};
use crate::refusal::Refusal;
use crate::shape;

pub(crate) async fn handle(State(app): State<App>, visitor: Visitor) -> Result<Response, Refusal> {
    let now = app.now();
    let mut world = app.world();
    let id = world.create_client(now);
    let client = shape::client::frontend(&world, &id, visitor.origin(), now)?;
    visitor.answer(
        &mut world,
        json!({"response": client, "client": null}),
        Proof::Renewed(id),
        now,
    )
}
