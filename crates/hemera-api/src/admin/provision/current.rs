//! What is at Clerk now.

use clerk::{AddressDoubt, Error, JwtTemplate, User};

use super::{ClerkConnection, Desired, TEMPLATE};

/// What is at Clerk now.
#[derive(Clone, Debug, Default)]
pub struct Current {
    /// The service user.
    pub user: Option<User>,
    /// The template of the wanted name.
    pub template: Option<JwtTemplate>,
}

/// Why it is not known which user is the service user.
#[derive(Debug, thiserror::Error)]
pub enum LookUpFailure {
    /// Clerk does not answer, or refuses.
    #[error(transparent)]
    Clerk(#[from] Error),
    /// Several users have the address, so it names none of them.
    #[error(
        "more than one user has the address {address}, for example {first} and {second}: find out in Clerk's dashboard which one is the service user, and name it with --user-id"
    )]
    Several {
        /// The address.
        address: String,
        /// One of them, by id.
        first: String,
        /// Another one.
        second: String,
    },
    /// One user has the address, but it may belong to another.
    #[error(
        "{user_id} has the address {address}, but may not be the service user ({doubt}): look at the user in Clerk's dashboard, and name the service user with --user-id"
    )]
    InDoubt {
        /// The user's id.
        user_id: String,
        /// The address.
        address: String,
        /// What is in doubt.
        doubt: AddressDoubt,
    },
}

impl Current {
    /// Reads it from Clerk, and changes nothing there. With `user_id` that user is the service user, whatever its address.
    ///
    /// # Errors
    /// If Clerk does not answer or refuses the secret key, or several users have the address.
    pub async fn load(
        connection: &ClerkConnection,
        desired: &Desired,
        user_id: Option<&str>,
    ) -> Result<Self, LookUpFailure> {
        let user = find_user(connection, desired, user_id).await?;
        let templates = connection.api.jwt_templates().list().await?;
        let template = templates.into_iter().find(|template| template.name == TEMPLATE);
        Ok(Self { user, template })
    }
}

/// The user who is named by id, or else by the address.
async fn find_user(
    connection: &ClerkConnection,
    desired: &Desired,
    user_id: Option<&str>,
) -> Result<Option<User>, LookUpFailure> {
    if let Some(id) = user_id {
        return Ok(Some(connection.api.users().get(id).await?));
    }
    let mut users = connection
        .api
        .users()
        .with_address(&desired.email)
        .await?
        .into_iter();
    match (users.next(), users.next()) {
        (Some(first), Some(second)) => Err(LookUpFailure::Several {
            address: desired.email.clone(),
            first: first.id,
            second: second.id,
        }),
        (first, _) => Ok(first),
    }
}

/// The service user, if there is no doubt who that is.
///
/// A further address of the user leaves none: a thief who adds one must not be able to prevent a shut-out.
///
/// # Errors
/// If Clerk does not answer or refuses the secret key, several users have the address, or it may not be the user's own.
pub(crate) async fn service_user(
    connection: &ClerkConnection,
    desired: &Desired,
    user_id: Option<&str>,
) -> Result<Option<User>, LookUpFailure> {
    let Some(user) = find_user(connection, desired, user_id).await? else {
        return Ok(None);
    };
    match user.is_named_by(&desired.email) {
        Err(doubt) if user_id.is_none() && doubt != AddressDoubt::NotTheOnlyOne => {
            Err(LookUpFailure::InDoubt {
                user_id: user.id,
                address: desired.email.clone(),
                doubt,
            })
        }
        _ => Ok(Some(user)),
    }
}
