//! `sign_in_attempt`, at the Frontend API.

use serde_json::{Value, json};

use crate::refusal::Refusal;
use crate::world::World;
use crate::world::sign_in::SignIn;

/// The attempt, complete or waiting for a second factor.
pub(crate) fn frontend(world: &World, attempt: &SignIn) -> Result<Value, Refusal> {
    let user = world.user(&attempt.user_id)?;
    let complete = attempt.created_session_id.is_some();
    let second_factors = (!complete).then(|| {
        let mut factors = Vec::new();
        if user.totp_enabled {
            factors.push(json!({"strategy": "totp"}));
        }
        if user.backup_code_enabled {
            factors.push(json!({"strategy": "backup_code"}));
        }
        factors
    });
    Ok(json!({
        "object": "sign_in_attempt",
        "id": attempt.id,
        "status": if complete { "complete" } else { "needs_second_factor" },
        "supported_identifiers": ["email_address"],
        "supported_first_factors": [{"strategy": "ticket"}],
        "supported_second_factors": second_factors,
        "first_factor_verification": {
            "object": "verification_ticket",
            "status": "verified",
            "strategy": "ticket",
            "attempts": null,
            "expire_at": attempt.ticket_expires_at,
        },
        "second_factor_verification": null,
        "identifier": user.identifier(),
        "user_data": {
            "first_name": user.first_name,
            "last_name": user.last_name,
            "image_url": user.image_url(),
            "has_image": false,
        },
        "created_session_id": attempt.created_session_id,
        "abandon_at": attempt.abandon_at,
        "client_trust_state": null,
    }))
}
