//! A key set as Clerk publishes it.

use serde::Deserialize;
use serde_json::Value;

/// A JSON Web Key Set as it was published.
#[derive(Clone, Debug, Deserialize)]
pub struct JwkSet {
    /// Each key as it stands in the document, usable or not.
    pub keys: Vec<Value>,
}
