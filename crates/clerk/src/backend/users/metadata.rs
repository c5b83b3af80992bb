//! Changes to a user's metadata.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

/// Changes to metadata, merged deeply by Clerk: a key with `null` is removed, other keys stay as they are.
#[derive(Clone, Default, Serialize)]
#[non_exhaustive]
pub struct Metadata {
    #[serde(rename = "public_metadata", skip_serializing_if = "Option::is_none")]
    public: Option<Map<String, Value>>,
    #[serde(rename = "private_metadata", skip_serializing_if = "Option::is_none")]
    private: Option<Map<String, Value>>,
}

impl Metadata {
    /// Changes to public metadata.
    pub fn public(changes: Map<String, Value>) -> Self {
        Self {
            public: Some(changes),
            private: None,
        }
    }

    /// Changes to private metadata alone.
    pub fn private(changes: Map<String, Value>) -> Self {
        Self {
            public: None,
            private: Some(changes),
        }
    }

    /// Changes to private metadata as well.
    #[must_use]
    pub fn with_private(mut self, changes: Map<String, Value>) -> Self {
        self.private = Some(changes);
        self
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metadata").finish_non_exhaustive()
    }
}
