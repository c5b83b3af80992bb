//! `session`, at both APIs.

use serde_json::{Value, json};

use super::user;
use crate::clock::Stamp;
use crate::refusal::Refusal;
use crate::world::World;
use crate::world::session::Session;

/// The session as the Backend API shows it.
pub(crate) fn backend(session: &Session, now: Stamp) -> Value {
    json!({
        "object": "session",
        "id": session.id,
        "user_id": session.user_id,
        "client_id": session.client_id,
        "actor": null,
        "status": session.status_at(now).name(),
        "last_active_organization_id": null,
        "last_active_at": session.last_active_at,
        "latest_activity": null,
        "expire_at": session.expire_at,
        "abandon_at": session.abandon_at,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
        "tasks": tasks(session),
    })
}

/// The session as the Frontend API shows it: with its user and, while it lives, a fresh token.
pub(crate) fn frontend(
    world: &World,
    session: &Session,
    origin: Option<&str>,
    now: Stamp,
) -> Result<Value, Refusal> {
    let owner = world.user(&session.user_id)?;
    let token = if session.is_live_at(now) {
        let jwt = world.session_token(session, None, origin, now)?.sign()?;
        json!({"object": "token", "jwt": jwt})
    } else {
        Value::Null
    };
    let minutes = now.since(session.created_at).as_secs() / 60;
    Ok(json!({
        "object": "session",
        "id": session.id,
        "actor": null,
        "status": session.status_at(now).name(),
        "expire_at": session.expire_at,
        "abandon_at": session.abandon_at,
        "last_active_at": session.last_active_at,
        "last_active_token": token,
        "last_active_organization_id": null,
        "user": user::frontend(owner),
        "public_user_data": user::public(owner),
        "factor_verification_age": [minutes, -1],
        "tasks": tasks(session),
        "created_at": session.created_at,
        "updated_at": session.updated_at,
    }))
}

fn tasks(session: &Session) -> Value {
    if session.tasks.is_empty() {
        return Value::Null;
    }
    session.tasks.iter().map(|key| json!({"key": key})).collect()
}
