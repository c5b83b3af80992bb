//! A user to be created.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

/// A user to be created. Addresses given here count as verified; the first is the primary one.
#[derive(Clone, Default, Serialize)]
#[non_exhaustive]
pub struct NewUser {
    #[serde(rename = "email_address")]
    email_addresses: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    public_metadata: Map<String, Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    private_metadata: Map<String, Value>,
    skip_password_requirement: bool,
}

impl NewUser {
    /// A user with this address and without a password, also where the instance demands one: a ticket is the
    /// only way to sign in as it.
    pub fn without_password(email_address: impl Into<String>) -> Self {
        Self {
            email_addresses: vec![email_address.into()],
            skip_password_requirement: true,
            ..Self::default()
        }
    }

    /// The id in another system.
    #[must_use]
    pub fn with_external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// Given and family name.
    #[must_use]
    pub fn with_name(mut self, first: impl Into<String>, last: impl Into<String>) -> Self {
        self.first_name = Some(first.into());
        self.last_name = Some(last.into());
        self
    }

    /// Metadata that anyone may read.
    #[must_use]
    pub fn with_public_metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.public_metadata = metadata;
        self
    }

    /// Metadata that only the secret key may read.
    #[must_use]
    pub fn with_private_metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.private_metadata = metadata;
        self
    }
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser").finish_non_exhaustive()
    }
}
