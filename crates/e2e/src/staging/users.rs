//! The users that the walk makes at Clerk, and removes again.

use aither_client::hemera_types::JWT_TEMPLATE;
use anyhow::Context as _;
use clerk::{BackendApi, NewUser, ServiceUser, TokenKind, UserRef};
use secrecy::ExposeSecret as _;
use serde_json::{Map, json};
use uuid::Uuid;

use super::target::Target;
use crate::failure::{Failure, holds};

/// What the walk makes at Clerk.
pub(super) struct StagingUsers<'a> {
    target: &'a Target,
    backend: BackendApi,
    /// The address of the service user of this walk. Clerk sends no mail to addresses with `+clerk_test`.
    pub(super) service: String,
    /// The address of a user with another role.
    other: String,
    /// Whether the instance had the JWT template before.
    had_template: bool,
}

impl<'a> StagingUsers<'a> {
    /// Makes nothing yet.
    pub(super) async fn prepare(target: &'a Target) -> anyhow::Result<Self> {
        let backend = target.backend_api()?;
        let run = Uuid::new_v4().simple().to_string();
        let run = run.get(..8).unwrap_or(&run);
        let templates = backend.jwt_templates().list().await;
        let templates = templates.context("Clerk does not answer with these keys")?;
        Ok(Self {
            target,
            service: format!("aither-staging-{run}+clerk_test@example.com"),
            other: format!("someone-staging-{run}+clerk_test@example.com"),
            had_template: templates.iter().any(|template| template.name == JWT_TEMPLATE),
            backend,
        })
    }

    /// The service user, to mint tokens for.
    pub(super) fn service_user(&self) -> anyhow::Result<ServiceUser> {
        self.user(&self.service)
    }

    fn user(&self, address: &str) -> anyhow::Result<ServiceUser> {
        let user = UserRef::EmailAddress(address.to_owned());
        let frontend = self.target.frontend_api()?;
        Ok(ServiceUser::builder(self.backend.clone(), frontend, user)
            .with_token(TokenKind::Template(JWT_TEMPLATE.to_owned()))
            .build())
    }

    /// The id of the service user at Clerk.
    pub(super) async fn service_id(&self) -> Result<String, Failure> {
        let users = self.backend.users().with_address(&self.service).await;
        let user = users.map_err(anyhow::Error::from)?.into_iter().next();
        Ok(user.context("the service user is not at Clerk")?.id)
    }

    /// A token of a user whose role may not use the service API.
    pub(super) async fn token_of_another_role(&self) -> Result<String, Failure> {
        let metadata = Map::from_iter([("role".to_owned(), json!("user"))]);
        let user = NewUser::without_password(&self.other).with_public_metadata(metadata);
        let created = self.backend.users().create(user).await;
        created.map_err(anyhow::Error::from)?;
        let minted = self.user(&self.other)?.mint().await;
        Ok(minted
            .map_err(anyhow::Error::from)?
            .jwt
            .expose_secret()
            .to_owned())
    }

    /// Removes what the walk has made, each of it whatever became of the rest.
    pub(super) async fn remove(&self, http: &reqwest::Client) -> Result<(), Failure> {
        let mut left = Vec::new();
        for address in [&self.service, &self.other] {
            let users = self.backend.users().with_address(address).await;
            for user in users.map_err(anyhow::Error::from)? {
                let (url, key) = self.target.user_address(&user.id);
                let deleted = http.delete(url).bearer_auth(key).send().await;
                if !deleted.is_ok_and(|response| response.status().is_success()) {
                    left.push(user.id);
                }
            }
        }
        if !self.had_template {
            let templates = self.backend.jwt_templates();
            for template in templates.list().await.map_err(anyhow::Error::from)? {
                if template.name == JWT_TEMPLATE && templates.delete(&template.id).await.is_err() {
                    left.push(template.id);
                }
            }
        }
        holds(
            "Clerk to have nothing of this walk left; remove it in its dashboard",
            left.is_empty(),
            &left,
        )
    }
}
