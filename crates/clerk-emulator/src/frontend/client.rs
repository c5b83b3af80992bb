//! `/v1/client`

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::visitor::{Proof, Visitor};
use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::world::session::SessionStatus;

/// `GET /v1/client`: null where there is none.
pub(super) async fn get(State(app): State<App>, visitor: Visitor) -> Result<Response, Refusal> {
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

/// `POST` and `PUT /v1/client`: a client without sessions.
pub(super) async fn create(State(app): State<App>, visitor: Visitor) -> Result<Response, Refusal> {
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

/// `DELETE /v1/client`: removes every session and forgets the client.
pub(super) async fn delete(State(app): State<App>, visitor: Visitor) -> Result<Response, Refusal> {
    let now = app.now();
    let mut world = app.world();
    let client_id = visitor
        .client_id()
        .ok_or_else(|| Refusal::not_found("client", "of this request"))?;
    world.end_client_sessions(client_id, SessionStatus::Removed, now);
    world.clients.remove(client_id);
    visitor.answer(
        &mut world,
        json!({"response": null, "client": null}),
        Proof::Cleared,
        now,
    )
}

/// `DELETE /v1/client/sessions`: removes every session and keeps the client.
pub(super) async fn delete_sessions(State(app): State<App>, visitor: Visitor) -> Result<Response, Refusal> {
    let now = app.now();
    let mut world = app.world();
    let client_id = visitor.signed_in()?;
    world.end_client_sessions(client_id, SessionStatus::Removed, now);
    let client = shape::client::frontend(&world, client_id, visitor.origin(), now)?;
    visitor.answer(
        &mut world,
        json!({"response": client, "client": null}),
        Proof::Kept,
        now,
    )
}
