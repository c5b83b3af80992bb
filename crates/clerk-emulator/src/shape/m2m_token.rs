//! `machine_to_machine_token`.

use serde_json::{Value, json};

use crate::clock::Stamp;
use crate::world::m2m_token::M2mToken;

/// The token as it is answered when it was made: with the token itself.
pub(crate) fn created(token: &M2mToken, now: Stamp) -> Value {
    let mut shape = backend(token, now);
    shape["token"] = json!(token.token);
    shape
}

/// The token without what proves it.
pub(crate) fn backend(token: &M2mToken, now: Stamp) -> Value {
    json!({
        "object": "machine_to_machine_token",
        "id": token.id,
        "subject": token.subject,
        "claims": token.claims,
        "scopes": token.scopes,
        "revoked": token.revoked,
        "revocation_reason": token.revocation_reason,
        "expired": token.is_expired_at(now),
        "expiration": token.expiration,
        "last_used_at": token.last_used_at,
        "created_at": token.created_at,
        "updated_at": token.updated_at,
    })
}
