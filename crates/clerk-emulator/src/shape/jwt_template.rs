//! `jwt_template`. The signing key is never shown.

use serde_json::{Value, json};

use crate::world::jwt_template::JwtTemplate;

/// The template.
pub(crate) fn backend(template: &JwtTemplate) -> Value {
    let algorithm = template
        .custom_key
        .as_ref()
        .map_or("RS256", |key| key.algorithm.as_str());
    json!({
        "object": "jwt_template",
        "id": template.id,
        "name": template.name,
        "claims": template.claims,
        "lifetime": template.lifetime,
        "allowed_clock_skew": template.allowed_clock_skew,
        "custom_signing_key": template.custom_key.is_some(),
        "signing_algorithm": algorithm,
        "created_at": template.created_at,
        "updated_at": template.updated_at,
    })
}
