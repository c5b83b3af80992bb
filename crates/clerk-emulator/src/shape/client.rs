//! `client`, at the Frontend API.

use serde_json::{Value, json};

use super::{session, sign_in};
use crate::clock::Stamp;
use crate::refusal::Refusal;
use crate::world::World;

/// The client with all its sessions.
pub(crate) fn frontend(
    world: &World,
    client_id: &str,
    origin: Option<&str>,
    now: Stamp,
) -> Result<Value, Refusal> {
    let client = world
        .clients
        .get(client_id)
        .ok_or_else(|| Refusal::not_found("client", client_id))?;
    let sessions = world.sessions_of_client(client_id);
    let sessions: Vec<Value> = sessions
        .iter()
        .map(|one| session::frontend(world, one, origin, now))
        .collect::<Result<_, _>>()?;
    let attempt = client
        .sign_in
        .as_ref()
        .map(|attempt| sign_in::frontend(world, attempt))
        .transpose()?;
    Ok(json!({
        "object": "client",
        "id": client.id,
        "sessions": sessions,
        "sign_in": attempt,
        "sign_up": null,
        "last_active_session_id": client.last_active_session_id,
        "last_authentication_strategy": client.last_authentication_strategy,
        "cookie_expires_at": null,
        "captcha_bypass": false,
        "created_at": client.created_at,
        "updated_at": client.updated_at,
    }))
}
