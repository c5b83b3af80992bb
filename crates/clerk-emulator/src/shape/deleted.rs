//! What is left of an object that was deleted.

use serde_json::{Value, json};

/// A deleted object: its kind, its id, and that it is gone.
pub(crate) fn backend(object: &str, id: &str) -> Value {
    json!({"object": object, "id": id, "deleted": true})
}
