//! Users: who they are, and the metadata that carries their role.

mod filter;
mod identifier;
mod metadata;
mod new_user;
mod user;

use http::Method;
use serde_json::Map;

pub use self::filter::UserFilter;
pub use self::identifier::{AddressDoubt, Identifier, IdentifierKind};
pub use self::metadata::Metadata;
pub use self::new_user::NewUser;
pub use self::user::{EmailAddress, User, Verification};
use super::BackendApi;
use crate::error::Error;
use crate::operation::ClerkOperation;
use crate::transport::Request;

/// Calls about users; made by [`BackendApi::users`].
#[derive(Clone, Copy, Debug)]
pub struct Users<'a>(pub(super) &'a BackendApi);

impl Users<'_> {
    /// One user by id.
    pub async fn get(&self, user_id: &str) -> Result<User, Error> {
        self.0
            .json(Request::get(ClerkOperation::ReadUser, &["v1", "users", user_id]))
            .await
    }

    /// Users that match, newest first. Right after a creation Clerk may not list the user yet.
    pub async fn list(&self, filter: UserFilter) -> Result<Vec<User>, Error> {
        let request = Request::get(ClerkOperation::ListUsers, &["v1", "users"]);
        self.0.json(filter.apply_to(request)).await
    }

    /// The users with this address, two at most: where there are two, the address names neither. Whether it names the one
    /// that is found, [`User::is_named_by`] says.
    pub async fn with_address(&self, address: &str) -> Result<Vec<User>, Error> {
        self.list(UserFilter::default().with_email_address(address).with_limit(2))
            .await
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
