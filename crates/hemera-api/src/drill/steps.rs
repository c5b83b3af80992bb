//! Steps of several drills: shut the service user out, let it in again, and read what was done with a credential.

use std::time::Duration;

use clerk::User;
use freshness::{Clock, Moment, SystemClock};
use serde_json::json;
use tokio::time::sleep;

use super::promise::Promise;
use super::server::{Answer, CallerCredential, Settled, WantedAnswer};
use super::stage::{Stage, Token};
use super::undo::{Changed, Undo};
use crate::admin::Failure;
use crate::admin::audit::{CredentialUses, uses_of_credential};
use crate::admin::provision::{StepOutcome, let_in, mint_unproven, shut_out};
use crate::config::{DatabaseUrl, RoleSource};

/// How long a record of the audit trail may take to be there. Usually it is milliseconds.
const RECORDED_WITHIN: Duration = Duration::from_secs(10);
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

impl Stage<'_> {
    /// Asks until the server follows a change, as [`Server::settles`](super::server::Server::settles) does, as one step.
    pub(super) async fn measures(
        &self,
        title: &str,
        credential: &CallerCredential,
        wanted: WantedAnswer,
        change: Moment,
        bound: Duration,
    ) -> Result<Settled, Failure> {
        self.report.waits(title, bound);
        let settles = async { Ok(self.server.settles(credential, wanted, change, bound).await) };
        self.report.step(title, settles).await
    }

    /// `clerk disable`. Returns a time before it began.
    pub(super) async fn shuts_out(&self, user: &User) -> Result<(Moment, Changed), Failure> {
        let noted = self.undos.note(Undo::LetIn {
            user_id: user.id.clone(),
        });
        let began = SystemClock.now();
        let work = async {
            let done = shut_out(&self.clerk.connection, user, began.wall).await;
            let failed = done.steps.iter().find(|step| step.outcome == StepOutcome::Failed);
            match failed {
                Some(step) => Err(format!("the service user is not shut out: {}", step.text).into()),
                None => Ok(done.banned),
            }
        };
        let banned = self
            .report
            .step("clerk disable: the service user is shut out", work)
            .await?;
        let text = if banned {
            "the user is banned, and has no role"
        } else {
            "the user has no role; Clerk's plan has no bans"
        };
        self.report.fact("banned", text, json!(banned));
        Ok((began, noted))
    }

    /// Until when a shut-out counts that was begun at `change`, and the setting that says so.
    pub(super) fn shut_out_bound(&self, token: &Token, change: Moment) -> (Duration, &'static str) {
        match self.clerk.roles.source {
            RoleSource::Lookup => (self.clerk.roles.max_age, "roles.max_age"),
            RoleSource::Claim => {
                let life = token.expires_at.duration_since(change.wall).unwrap_or_default();
                let bound = life + self.clerk.config.tokens.leeway;
                (bound, "the token's life and tokens.leeway")
            }
        }
    }

    /// Holds a token that was good before a shut-out against its bound. `admitted` is when another caller was last let in with
    /// it.
    pub(super) async fn token_ends(
        &self,
        token: &Token,
        change: Moment,
        admitted: Option<Moment>,
    ) -> Result<(), Failure> {
        let (bound, setting) = self.shut_out_bound(token, change);
        let seen = admitted.map_or(Duration::ZERO, |admitted| admitted.since(change));
        let title = "the token that was good before is refused";
        let settled = self
            .measures(title, &token.credential, WantedAnswer::Refused, change, bound)
            .await?;
        self.report.fact(
            "refusedWith",
            &format!("the server's last answer to it: {}", settled.answer),
            json!(settled.answer.to_string()),
        );
        self.report.promise(Promise::at_most(
            "a token from before the shut-out opens nothing any more",
            setting,
            bound,
            settled.last_other.map(|last| last.max(seen)),
        ));
        Ok(())
    }

    /// A token that is minted after a shut-out has counted opens nothing, if Clerk makes one at all.
    pub(super) async fn no_new_token(&self, user: &User) -> Result<(), Failure> {
        let kind = self.clerk.token_kind(&self.clerk.current().await?);
        let (measured, kept) = match mint_unproven(&self.clerk.connection, &user.id, &kind).await {
            // That says nothing about the user.
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(refusal) => {
                let text = format!("a new token: {refusal}");
                self.report.fact("newToken", &text, json!(refusal.to_string()));
                ("Clerk makes none".to_owned(), true)
            }
            Ok(jwt) => {
                let credential = CallerCredential::bearer(&jwt)?;
                let answer = self.server.ask(&credential).await;
                let is_refused = matches!(answer, Answer::Refused(_));
                (format!("the server answers {answer}"), is_refused)
            }
        };
        self.report.promise(Promise::holds(
            "a token that is made after the shut-out is let in",
            "never",
            measured,
            kept,
        ));
        Ok(())
    }

    /// `clerk enable`, and a new token that the server lets in within its bound.
    pub(super) async fn lets_in(&self, user: &User, noted: Changed) -> Result<Token, Failure> {
        let work = async {
            let_in(&self.clerk.connection, &self.clerk.desired, &user.id).await?;
            self.undos.is_undone(noted);
            let change = SystemClock.now();
            Ok((change, self.fresh_token(user).await?))
        };
        let title = "clerk enable: the service user is let in, and proves it with a token";
        let (change, token) = self.report.step(title, work).await?;
        let bound = match self.clerk.roles.source {
            RoleSource::Lookup => self.clerk.roles.max_age,
            // A token that is minted then has its role.
            RoleSource::Claim => SystemClock.now().since(change),
        };
        let title = "the server lets the new token in";
        let settled = self
            .measures(title, &token.credential, WantedAnswer::Admitted, change, bound)
            .await?;
        self.report.promise(Promise::at_most(
            "after `clerk enable` a new token is let in",
            "roles.max_age",
            bound,
            settled.last_other,
        ));
        Ok(token)
    }

    /// `audit credential`: what was done, and from where; every request that was let in has its record.
    pub(super) async fn investigates(
        &self,
        database: &DatabaseUrl,
        what: &str,
        id: &str,
        credential: &CallerCredential,
        since: Moment,
    ) -> Result<(), Failure> {
        let admitted = i64::from(credential.admitted());
        let title = format!("audit credential: what was done with {what}, and from where");
        let found = self
            .report
            .step(&title, uses_in_time(database, id, since, admitted))
            .await?;
        let text = format!(
            "{id}: {} requests let in, {} refused, from {}",
            found.succeeded,
            found.requests - found.succeeded,
            found.addresses.join(", ")
        );
        self.report.fact(
            "uses",
            &text,
            json!({
                "credential": id, "succeeded": found.succeeded, "requests": found.requests, "addresses": found.addresses,
            }),
        );
        let complete = found.succeeded == admitted && !found.addresses.is_empty();
        self.report.promise(Promise::holds(
            format!("each request that {what} made is in the audit trail"),
            "every one",
            format!("{} of {admitted}", found.succeeded),
            complete,
        ));
        Ok(())
    }
}

/// Looks again until all records are there, which are written behind the responses.
async fn uses_in_time(
    database: &DatabaseUrl,
    id: &str,
    since: Moment,
    admitted: i64,
) -> Result<CredentialUses, Failure> {
    let began = SystemClock.now();
    // Another machine's clock may be a little behind this one.
    let from = since.wall - Duration::from_mins(1);
    loop {
        let found = uses_of_credential(database, id, from, &SystemClock).await?;
        if found.succeeded >= admitted || SystemClock.now().since(began) > RECORDED_WITHIN {
            return Ok(found);
        }
        sleep(BETWEEN_LOOKS).await;
    }
}
