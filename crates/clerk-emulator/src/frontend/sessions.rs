//! `/v1/client/sessions`

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::visitor::{Proof, Visitor, signed_out};
use crate::app::App;
use crate::clock::Stamp;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::FormParams;
use crate::world::World;
use crate::world::session::{Session, SessionStatus};

/// `GET /v1/client/sessions/{session_id}`
pub(super) async fn get(
    State(app): State<App>,
    Path(session_id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let now = app.now();
    let mut world = app.world();
    let session = world
        .session_of_client(visitor.signed_in()?, &session_id)?
        .clone();
    let body = with_client(&world, &session, &visitor, now)?;
    visitor.answer(&mut world, body, Proof::Kept, now)
}

/// `POST /v1/client/sessions/{session_id}/touch`: the session is in use.
pub(super) async fn touch(
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
    let body = with_client(&world, &session, &visitor, now)?;
    visitor.answer(&mut world, body, Proof::Kept, now)
}

/// `POST /v1/client/sessions/{session_id}/end`: signed out, and kept in its client.
pub(super) async fn end(
    State(app): State<App>,
    Path(session_id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    finish(&app, &visitor, &session_id, SessionStatus::Ended)
}

/// `POST /v1/client/sessions/{session_id}/remove`: signed out, and taken out of its client.
pub(super) async fn remove(
    State(app): State<App>,
    Path(session_id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    finish(&app, &visitor, &session_id, SessionStatus::Removed)
}

/// Puts the visitor's session into a final state.
fn finish(
    app: &App,
    visitor: &Visitor,
    session_id: &str,
    status: SessionStatus,
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
    let body = with_client(&world, &session, visitor, now)?;
    visitor.answer(&mut world, body, Proof::Kept, now)
}

/// `POST /v1/client/sessions/{session_id}/tokens`: `azp` is the `Origin` of the request, where it has one.
pub(super) async fn mint(
    State(app): State<App>,
    Path(session_id): Path<String>,
    visitor: Visitor,
    // What SDKs send here (`organization_id`, `tab_state`, `token`, `force_origin`) changes nothing.
    FormParams(_): FormParams,
) -> Result<Response, Refusal> {
    let now = app.now();
    let mut world = app.world();
    let session = use_session(&mut world, &visitor, &session_id, now)?;
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

/// `POST /v1/client/sessions/{session_id}/tokens/{template}`
pub(super) async fn mint_from_template(
    State(app): State<App>,
    Path((session_id, template)): Path<(String, String)>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let now = app.now();
    let mut world = app.world();
    let session = use_session(&mut world, &visitor, &session_id, now)?;
    let template = world.jwt_template_named(&template)?;
    let unsigned = world.template_token(
        world.user(&session.user_id)?,
        template,
        None,
        visitor.origin(),
        now,
    );
    let body = json!({"object": "token", "jwt": unsigned.sign()?});
    visitor.answer(&mut world, body, Proof::Kept, now)
}

/// The visitor's own session, live, and noted as active now.
fn use_session(
    world: &mut World,
    visitor: &Visitor,
    session_id: &str,
    now: Stamp,
) -> Result<Session, Refusal> {
    let session = live(world, visitor, session_id, now)?;
    session.last_active_at = now;
    Ok(session.clone())
}

/// A session, and beside it the client that it belongs to.
fn with_client(world: &World, session: &Session, visitor: &Visitor, now: Stamp) -> Result<Value, Refusal> {
    let origin = visitor.origin();
    Ok(json!({
        "response": shape::session::frontend(world, session, origin, now)?,
        "client": shape::client::frontend(world, &session.client_id, origin, now)?,
    }))
}

/// The visitor's own session, which must be live.
///
/// UNVERIFIED: the answer for one that is over; as if signed out here.
fn live<'a>(
    world: &'a mut World,
    visitor: &Visitor,
    session_id: &str,
    now: Stamp,
) -> Result<&'a mut Session, Refusal> {
    let session = world.session_of_client(visitor.signed_in()?, session_id)?;
    if session.is_live_at(now) {
        Ok(session)
    } else {
        Err(signed_out())
    }
}
