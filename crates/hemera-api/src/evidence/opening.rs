//! Leaf 0 of an epoch: what went before, and why it began.

use serde::{Deserialize, Serialize};

/// Leaf 0 of an epoch. Its JSON is in `audit_epochs.opening`, and is the leaf byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Opening {
    pub(crate) epoch: i32,
    pub(crate) origin: String,
    pub(crate) verifier_key: String,
    pub(crate) began_at: String,
    pub(crate) reason: String,
    /// What the epoch before had come to. `None` for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<Previous>,
}

/// The end of an epoch, as the next one states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Previous {
    pub(crate) epoch: i32,
    /// Its newest checkpoint in the database, a signed note: its size and root.
    pub(crate) checkpoint: String,
}

/// The origin of an epoch: that of the settings, and its number.
pub(crate) fn epoch_origin(origin: &str, epoch: i32) -> String {
    format!("{origin}/{epoch}")
}
