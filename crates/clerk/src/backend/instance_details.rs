//! What an instance says about itself.

use serde::Deserialize;

/// An instance as Clerk describes it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct InstanceDetails {
    /// `ins_…`
    pub id: String,
}
