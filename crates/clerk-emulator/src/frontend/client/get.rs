//! `GET /v1/client`: null where there is none.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::App;
use crate::frontend::visitor::{Proof, Visitor};
use crate::refusal::Refusal;
use crate::shape;

pub(crate) async fn handle(State(app): State<App>, visitor: Visitor) -> Result<Response, Refusal> {
    let now = app.now();
    let mut world = app.world();
    let client = match visitor.client_id() {
        Some(id) => shape::client::frontend(&world, id, visitor.origin(), now)?,
        None => Value::Null,
    };
    visitor.answer(
        &mut world,
        json!({"response": client, "client": null}),
        Proof::Kept,
        now,
    )
}
