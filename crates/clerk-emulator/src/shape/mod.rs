//! How Clerk's objects look in JSON, with every field that the OpenAPI documents require.

pub(crate) mod client;
pub(crate) mod jwt_template;
pub(crate) mod m2m_token;
pub(crate) mod machine;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod sign_in_token;
pub(crate) mod user;

use serde_json::{Value, json};

/// A deleted object: its kind, its id, and that it is gone.
pub(crate) fn deleted(object: &str, id: &str) -> Value {
    json!({"object": object, "id": id, "deleted": true})
}
