//! Users: who they are, and the metadata that carries their role.

use std::fmt;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::BackendApi;
use crate::error::Error;
use crate::operation::ClerkOperation;
use crate::transport::Request;

/// Calls about users; made by [`BackendApi::users`].
#[derive(Clone, Copy, Debug)]
pub struct Users<'a>(pub(super) &'a BackendApi);

/// A user, as far as this crate reads it; unknown fields are ignored.
///
/// Its `Debug` shows the id and flags only: the rest is personal or private.
#[derive(Clone, PartialEq, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are Clerk's own independent flags of a user"
)]
#[non_exhaustive]
pub struct User {
    /// `user_…`
    pub id: String,
    /// The id of the user in another system.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Given name.
    #[serde(default)]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(default)]
    pub last_name: Option<String>,
    /// All e-mail addresses.
    #[serde(default)]
    pub email_addresses: Vec<EmailAddress>,
    /// Which of them is the primary one.
    #[serde(default)]
    pub primary_email_address_id: Option<String>,
    /// Metadata that anyone may read and only the secret key may write: the place of roles.
    #[serde(default)]
    pub public_metadata: Map<String, Value>,
    /// Metadata that only the secret key may read.
    #[serde(default)]
    pub private_metadata: Option<Map<String, Value>>,
    /// Banned users have no sessions and cannot sign in.
    #[serde(default)]
    pub banned: bool,
    /// Locked after failed sign-ins; cannot sign in until it ends.
    #[serde(default)]
    pub locked: bool,
    /// Whether a password is set.
    #[serde(default)]
    pub password_enabled: bool,
    /// Whether a second factor is demanded, with which a ticket does not complete a sign-in.
    #[serde(default)]
    pub two_factor_enabled: bool,
    /// Milliseconds since 1970.
    #[serde(default)]
    pub created_at: i64,
    /// Milliseconds since 1970.
    #[serde(default)]
    pub updated_at: i64,
}

/// One e-mail address of a user.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct EmailAddress {
    /// `idn_…`
    #[serde(default)]
    pub id: Option<String>,
    /// The address itself.
    pub email_address: String,
}

/// Which users to list. Empty means the newest ten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserFilter {
    email_addresses: Vec<String>,
    user_ids: Vec<String>,
    query: Option<String>,
    limit: Option<u16>,
    offset: Option<u32>,
}

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

/// Changes to metadata, merged deeply by Clerk: a key with `null` is removed, other keys stay as they are.
#[derive(Clone, Default, Serialize)]
#[non_exhaustive]
pub struct Metadata {
    #[serde(rename = "public_metadata", skip_serializing_if = "Option::is_none")]
    public: Option<Map<String, Value>>,
    #[serde(rename = "private_metadata", skip_serializing_if = "Option::is_none")]
    private: Option<Map<String, Value>>,
}

impl Users<'_> {
    /// One user by id.
    pub async fn get(&self, user_id: &str) -> Result<User, Error> {
        self.0
            .json(Request::get(ClerkOperation::ReadUser, &["v1", "users", user_id]))
            .await
    }

    /// Users that match, newest first. Right after a creation Clerk may not list the user yet.
    pub async fn list(&self, filter: UserFilter) -> Result<Vec<User>, Error> {
        let mut request = Request::get(ClerkOperation::ListUsers, &["v1", "users"]);
        for address in filter.email_addresses {
            request = request.with_query("email_address", address);
        }
        for id in filter.user_ids {
            request = request.with_query("user_id", id);
        }
        if let Some(query) = filter.query {
            request = request.with_query("query", query);
        }
        if let Some(limit) = filter.limit {
            request = request.with_query("limit", limit.to_string());
        }
        if let Some(offset) = filter.offset {
            request = request.with_query("offset", offset.to_string());
        }
        self.0.json(request).await
    }

    /// Creates a user.
    pub async fn create(&self, user: NewUser) -> Result<User, Error> {
        self.0
            .json(Request::post(ClerkOperation::CreateUser, &["v1", "users"]).with_json(&user))
            .await
    }

    /// Merges metadata into what the user has.
    pub async fn merge_metadata(&self, user_id: &str, metadata: Metadata) -> Result<User, Error> {
        let path = ["v1", "users", user_id, "metadata"];
        self.0
            .json(Request::new(ClerkOperation::UpdateUserMetadata, Method::PATCH, &path).with_json(&metadata))
            .await
    }

    /// Takes the password from a user, who signs in another way from then on. Sessions stay.
    pub async fn remove_password(&self, user_id: &str) -> Result<User, Error> {
        let path = ["v1", "users", user_id, "remove_password"];
        self.0
            .json(Request::post(ClerkOperation::RemoveUserPassword, &path).with_json(&Map::new()))
            .await
    }

    /// Bans a user: Clerk revokes all of its sessions and lets it sign in no more. Tokens that were minted before stay
    /// valid until they expire.
    pub async fn ban(&self, user_id: &str) -> Result<User, Error> {
        let path = ["v1", "users", user_id, "ban"];
        self.0.json(Request::post(ClerkOperation::BanUser, &path)).await
    }

    /// Lifts a ban. What it revoked stays revoked.
    pub async fn unban(&self, user_id: &str) -> Result<User, Error> {
        let path = ["v1", "users", user_id, "unban"];
        self.0.json(Request::post(ClerkOperation::UnbanUser, &path)).await
    }
}

impl User {
    /// The primary e-mail address, else the first.
    pub fn email_address(&self) -> Option<&str> {
        let primary = self
            .email_addresses
            .iter()
            .find(|one| one.id.is_some() && one.id == self.primary_email_address_id);
        primary
            .or(self.email_addresses.first())
            .map(|one| one.email_address.as_str())
    }
}

impl UserFilter {
    /// Users with any of these addresses; may be called several times, 100 in all.
    #[must_use]
    pub fn with_email_address(mut self, address: impl Into<String>) -> Self {
        self.email_addresses.push(address.into());
        self
    }

    /// Users with any of these ids; may be called several times, 100 in all.
    #[must_use]
    pub fn with_user_id(mut self, id: impl Into<String>) -> Self {
        self.user_ids.push(id.into());
        self
    }

    /// Users whose name, address or id contains this.
    #[must_use]
    pub fn with_query(mut self, query: impl Into<String>) -> Self {
        self.query = Some(query.into());
        self
    }

    /// At most this many, 1 to 500.
    #[must_use]
    pub fn with_limit(mut self, limit: u16) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Skip this many.
    #[must_use]
    pub fn with_offset(mut self, offset: u32) -> Self {
        self.offset = Some(offset);
        self
    }
}

impl NewUser {
    /// A user with this address and without a password, also where the instance demands one: nobody can sign in
    /// as it except by a ticket.
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

impl Metadata {
    /// Changes to public metadata.
    pub fn public(changes: Map<String, Value>) -> Self {
        Self {
            public: Some(changes),
            private: None,
        }
    }

    /// Changes to private metadata as well.
    #[must_use]
    pub fn with_private(mut self, changes: Map<String, Value>) -> Self {
        self.private = Some(changes);
        self
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("banned", &self.banned)
            .field("locked", &self.locked)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailAddress")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser").finish_non_exhaustive()
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metadata").finish_non_exhaustive()
    }
}
