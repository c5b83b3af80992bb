//! "A signing key of Clerk has leaked" (docs/security.md).

use std::time::Duration;

use freshness::{Clock as _, Moment, SystemClock};
use serde_json::Value;

use super::promise::Promise;
use super::server::WantedAnswer;
use super::stage::{Stage, Token};
use super::undo::Undo;
use crate::admin::Failure;

/// How much longer than its setting a window is at most: servers must not all ask at once.
const JITTER: u32 = 5;

const STAYS: &str = "the signing key: a rotation cannot be taken back";

pub(super) async fn run(stage: &Stage<'_>) -> Result<(), Failure> {
    let config = &stage.clerk.config;
    if config.jwt_key.is_some() {
        return Err(
            "CLERK_JWT_KEY is set: the server trusts that key until it is replaced, whatever Clerk publishes"
                .into(),
        );
    }
    let user = stage.user().await?;
    let bound = config.tokens.keys_max_age;
    let old = stage
        .report
        .step("a token under the old key is let in", async {
            let token = stage.fresh_token(&user).await?;
            stage
                .server
                .admits(&token.credential, "the service user's token")
                .await?;
            Ok(token)
        })
        .await?;
    if stage.accepted_for(&old) < bound * 2 {
        return Err(format!(
            "a token lives shorter than twice tokens.keys_max_age ({}): its own end would be taken for that of the key",
            humantime::format_duration(bound * 2)
        )
        .into());
    }
    let before = stage.key_ids().await?;

    let change = stage.rotates(&before).await?;
    new_key_counts(stage, &user, change).await?;

    let change = stage.withdraws(&before).await?;
    old_key_ends(stage, &old, change, bound).await
}

/// A token under the new key is let in.
async fn new_key_counts(stage: &Stage<'_>, user: &clerk::User, change: Moment) -> Result<(), Failure> {
    let window = stage
        .clerk
        .config
        .tokens
        .keys_window
        .max(stage.clerk.config.tokens.keys_cool_down);
    let bound = window + window / JITTER;
    let token = stage.fresh_token(user).await?;
    let title = "a token under the new key is let in";
    let settled = stage
        .measures(title, &token.credential, WantedAnswer::Admitted, change, bound)
        .await?;
    stage.report.promise(Promise::at_most(
        "after a rotation a token under the new key is let in",
        "tokens.keys_window",
        bound,
        settled.last_other,
    ));
    Ok(())
}

/// A token under the old key is refused.
async fn old_key_ends(
    stage: &Stage<'_>,
    old: &Token,
    change: Moment,
    bound: Duration,
) -> Result<(), Failure> {
    let title = "a token under the old key is refused";
    let settled = stage
        .measures(title, &old.credential, WantedAnswer::Refused, change, bound)
        .await?;
    stage.report.promise(Promise::at_most(
        "a withdrawn signing key is trusted no longer",
        "tokens.keys_max_age",
        bound,
        settled.last_other,
    ));
    Ok(())
}

impl Stage<'_> {
    /// The ids of the keys that Clerk publishes now.
    async fn key_ids(&self) -> Result<Vec<String>, Failure> {
        let published = self.clerk.connection.api.jwks().await?;
        let id = |key: &Value| key["kid"].as_str().map(str::to_owned);
        Ok(published.keys.iter().filter_map(id).collect())
    }

    /// A new signing key at Clerk, with the old one still published. Returns a time before it.
    async fn rotates(&self, before: &[String]) -> Result<Moment, Failure> {
        if let Ok(emulator) = self.emulator() {
            self.undos.note(Undo::SigningKey);
            let change = SystemClock.now();
            self.report
                .step("Clerk signs with a new key", emulator.rotate_signing_key())
                .await?;
            self.report.stays(STAYS);
            return Ok(change);
        }
        let has_new = async || {
            let now = self.key_ids().await.unwrap_or_default();
            now.iter().any(|id| !before.contains(id))
        };
        let instruction = "rotate the instance's signing key at Clerk (dashboard, or Clerk's support)";
        let change = self.awaits_person(instruction, has_new).await?;
        self.report.stays(STAYS);
        Ok(change)
    }

    /// The old key is published no longer. Returns a time before it.
    async fn withdraws(&self, before: &[String]) -> Result<Moment, Failure> {
        if let Ok(emulator) = self.emulator() {
            let change = SystemClock.now();
            self.report
                .step("Clerk withdraws the old key", emulator.withdraw_signing_key())
                .await?;
            return Ok(change);
        }
        let has_no_old = async || match self.key_ids().await {
            Ok(now) => !now.iter().any(|id| before.contains(id)),
            Err(_) => false,
        };
        self.awaits_person("let Clerk withdraw the old signing key", has_no_old)
            .await
    }
}
