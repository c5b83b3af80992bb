//! `sign_in_token`.

use serde_json::{Value, json};

use crate::world::sign_in_token::SignInToken;

/// The ticket as it is answered when it was made: with the ticket itself and its link.
pub(crate) fn created(ticket: &SignInToken, frontend: &str) -> Value {
    let mut shape = backend(ticket);
    shape["token"] = json!(ticket.token);
    shape["url"] = json!(format!("{frontend}/v1/tickets/accept?ticket={}", ticket.token));
    shape
}

/// The ticket without what signs in.
pub(crate) fn backend(ticket: &SignInToken) -> Value {
    json!({
        "object": "sign_in_token",
        "id": ticket.id,
        "status": ticket.status.name(),
        "user_id": ticket.user_id,
        "url": null,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
    })
}
