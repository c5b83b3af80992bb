//! Errors of every kind, provoked, with all that they say.

use std::error::Error;
use std::fmt::Write;
use std::time::Duration;

use aither_client::hemera_types::{CourseQuery, ParticipationId};
use aither_client::{BaseUrl, ClerkServiceUser, HemeraClient, StaticServiceKey, TokenSource};
use anyhow::Context;
use clerk::UserRef;
use url::Url;

use crate::accounts::{Accounts, SERVICE};
use crate::failure::Failure;
use crate::walk::Walk;

/// Keys that nothing accepts.
pub(super) const WRONG_SERVICE_KEY: &str = "hk_wrong_7c1f0d9e5b3a4826";
pub(super) const WRONG_SECRET_KEY: &str = "sk_live_wrong7c1f0d9e5b3a4826";

/// Nothing listens here.
const NOWHERE: &str = "http://127.0.0.1:1";

/// What all of them say, to people and to programmers, with their causes; and what the clients say of themselves.
pub(super) async fn errors(walk: &Walk<'_>) -> Result<String, Failure> {
    let mut said = Said::default();
    let query = CourseQuery::default();

    said.value(&walk.client);
    said.value(walk.client.tokens());
    said.value(&walk.accounts);
    said.value(&walk.accounts.sign_in(service_user()));
    said.outcome(walk.client.tokens().token().await.map(drop))?;

    let forbidden = walk.client.service_usage(7).await;
    said.error(forbidden)?;
    let missing = ParticipationId::parse("missing").map_err(anyhow::Error::from)?;
    let not_found = walk.client.service_participation(&missing).await;
    said.error(not_found)?;

    let wrong = StaticServiceKey::parse(WRONG_SERVICE_KEY.to_owned()).map_err(anyhow::Error::from)?;
    said.value(&wrong);
    let client = client(walk.stack.hemera_url.as_str(), wrong.clone())?;
    said.error(client.service_courses(&query).await)?;
    said.error(self::client(NOWHERE, wrong)?.service_courses(&query).await)?;

    // Clerk: with a key that it does not know, and out of reach.
    let elsewhere = Url::parse(NOWHERE).context("an address")?;
    for (clerk, key) in [
        (&walk.stack.clerk_url, WRONG_SECRET_KEY),
        (&elsewhere, walk.stack.instance.secret_key()),
    ] {
        let accounts = Accounts::at(clerk, key)?;
        let user = accounts.sign_in(service_user());
        said.error(user.mint().await)?;
        let client = self::client(walk.stack.hemera_url.as_str(), ClerkServiceUser::new(user))?;
        said.error(client.service_courses(&query).await)?;
    }
    walk.clerk.set_down(true).await?;
    let refused = walk.accounts.sign_in(service_user()).mint().await;
    walk.clerk.set_down(false).await?;
    said.error(refused)?;
    let unknown = UserRef::EmailAddress("niemand@teilnehmer.example".to_owned());
    said.error(walk.accounts.sign_in(unknown).mint().await)?;
    Ok(said.0)
}

fn service_user() -> UserRef {
    UserRef::EmailAddress(SERVICE.to_owned())
}

/// A client that gives up soon.
fn client(base_url: &str, source: impl TokenSource) -> Result<HemeraClient, Failure> {
    let base_url = BaseUrl::parse(base_url).map_err(anyhow::Error::from)?;
    let built = HemeraClient::builder(base_url, source)
        .without_pace()
        .with_max_attempts(1)
        .with_deadline(Duration::from_secs(5))
        .build();
    Ok(built.map_err(anyhow::Error::from)?)
}

#[derive(Default)]
struct Said(String);

impl Said {
    // Writing to a text cannot fail.
    fn value(&mut self, value: &impl std::fmt::Debug) {
        let _ = writeln!(self.0, "{value:?}\n{value:#?}");
    }

    /// What an error says of itself and its causes; there must be one.
    fn error<T>(&mut self, outcome: Result<T, impl Error>) -> Result<(), Failure> {
        let Err(error) = outcome else {
            return Err(Failure::new("an error", "a success"));
        };
        self.value(&error);
        let mut cause: Option<&dyn Error> = Some(&error);
        while let Some(error) = cause {
            let _ = writeln!(self.0, "{error}");
            cause = error.source();
        }
        Ok(())
    }

    fn outcome(&mut self, outcome: Result<(), impl Error>) -> Result<(), Failure> {
        match outcome {
            Ok(()) => Ok(()),
            failed => self.error(failed),
        }
    }
}
