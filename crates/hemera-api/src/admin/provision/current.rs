//! What is at Clerk now.

use clerk::{Error, JwtTemplate, User, UserFilter};

use super::{ClerkConnection, Desired, TEMPLATE};

/// What is at Clerk now.
#[derive(Clone, Debug, Default)]
pub struct Current {
    /// The user with the service user's e-mail address.
    pub user: Option<User>,
    /// The template of the wanted name.
    pub template: Option<JwtTemplate>,
}

impl Current {
    /// Reads it from Clerk, and changes nothing there.
    ///
    /// # Errors
    /// If Clerk does not answer, or refuses the secret key.
    pub async fn load(connection: &ClerkConnection, desired: &Desired) -> Result<Self, Error> {
        let filter = UserFilter::default()
            .with_email_address(&desired.email)
            .with_limit(1);
        let user = connection.api.users().list(filter).await?.into_iter().next();
        let templates = connection.api.jwt_templates().list().await?;
        let template = templates.into_iter().find(|template| template.name == TEMPLATE);
        Ok(Self { user, template })
    }
}
