//! What the steps of a drill share: Clerk, the server, what was changed, and what was found.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use clerk::{TokenKind, User, VerifiedToken};
use freshness::{Clock, Moment, SystemClock};
use secrecy::SecretString;
use serde_json::json;
use tokio::time::sleep;

use super::Target;
use super::emulator::Emulator;
use super::person;
use super::report::DrillReport;
use super::server::{CallerCredential, Server};
use super::undo::{Clerk, Undos};
use crate::admin::clerk::Context;
use crate::admin::provision::{TEMPLATE, prove_and_end};
use crate::admin::{Console, Failure};
use crate::config::Inputs;

/// Between two looks whether a person has done something at Clerk.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

pub(super) struct Stage<'a> {
    pub(super) report: &'a DrillReport<'a>,
    pub(super) clerk: Context<'a>,
    pub(super) server: Server,
    pub(super) undos: Undos,
    /// How long a step of a person is waited for.
    pub(super) patience: Duration,
    emulator: Option<Emulator>,
}

/// A token in hand.
pub(super) struct Token {
    pub(super) credential: CallerCredential,
    pub(super) expires_at: SystemTime,
    /// Its id in the audit trail.
    pub(super) id: String,
}

impl Token {
    fn of(jwt: &SecretString, verified: &VerifiedToken) -> Result<Self, Failure> {
        let id = verified.claims.get("jti").and_then(|id| id.as_str());
        let id = id.or(verified.session_id.as_deref());
        Ok(Self {
            credential: CallerCredential::bearer(jwt)?,
            expires_at: verified.expires_at,
            id: id
                .ok_or("the token has no id: the audit trail cannot be searched for it")?
                .to_owned(),
        })
    }
}

impl<'a> Stage<'a> {
    /// Looks which Clerk and which server it is. Changes nothing.
    ///
    /// # Errors
    /// If the settings are not whole, or a real Clerk was not confirmed.
    pub(super) async fn open(
        inputs: &Inputs,
        console: &'a Console,
        report: &'a DrillReport<'a>,
        target: Target,
    ) -> Result<Self, Failure> {
        let clerk = Context::new(inputs, console, target.clerk)?;
        let server = Server::at(&target.server)?;
        let (emulator, instance_id) = match Emulator::find(&clerk.config.api_url).await? {
            Some((emulator, id)) => (Some(emulator), id),
            None => (None, clerk.connection.api.read_instance().await?.id),
        };
        if emulator.is_none() && target.confirm.as_deref() != Some(instance_id.as_str()) {
            return Err(format!(
                "nothing was changed: this is Clerk's {} instance {instance_id}, and no local one; a drill shuts people out \
                 there. Name it with --confirm {instance_id} if that is wanted",
                clerk.connection.kind()
            )
            .into());
        }
        let kind = if emulator.is_some() { "local" } else { "real" };
        let environment = clerk.connection.kind();
        report.begin(
            &format!("{}, with a {kind} Clerk ({environment} instance {instance_id})", server.origin()),
            json!({ "server": server.origin(), "clerk": kind, "environment": environment, "instanceId": instance_id }),
        );
        Ok(Self {
            report,
            clerk,
            server,
            undos: Undos::default(),
            patience: target.patience,
            emulator,
        })
    }

    /// Where what was changed is given back.
    pub(super) fn changed_at(&self) -> Clerk<'_> {
        Clerk {
            connection: &self.clerk.connection,
            desired: &self.clerk.desired,
            emulator: self.emulator.as_ref(),
        }
    }

    /// The local Clerk.
    ///
    /// # Errors
    /// If it is a real one.
    pub(super) fn emulator(&self) -> Result<&Emulator, Failure> {
        self.changed_at().emulator()
    }

    /// The service user, who is let in.
    pub(super) async fn user(&self) -> Result<User, Failure> {
        self.clerk.user_who_is_let_in().await
    }

    /// A fresh token of the service user, by a sign-in as Aither's. The session has ended.
    pub(super) async fn fresh_token(&self, user: &User) -> Result<Token, Failure> {
        let kind = self.clerk.token_kind(&self.clerk.current().await?);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        // Clerk's keys may have changed since the last look at them: that is what a drill does.
        let connection = self.clerk.connection.with_unread_keys(&self.clerk.config, &clock);
        let proven = prove_and_end(&connection, &self.clerk.desired, &user.id, &kind).await?;
        Token::of(&proven.jwt, &proven.token)
    }

    /// A token of the service user that lives for at least `needed`, and where that can be had no longer than a second
    /// more: only a local Clerk makes tokens that are old.
    pub(super) async fn short_token(&self, user: &User, needed: Duration) -> Result<Token, Failure> {
        let Ok(emulator) = self.emulator() else {
            return self.fresh_token(user).await;
        };
        let current = self.clerk.current().await?;
        let (template, lifetime) = match (self.clerk.token_kind(&current), &current.template) {
            (TokenKind::Template(_), Some(template)) => {
                (Some(TEMPLATE), Duration::from_secs(template.lifetime))
            }
            _ => return self.fresh_token(user).await,
        };
        let age = lifetime.saturating_sub(needed + Duration::from_secs(1));
        let jwt = emulator.token(&user.id, template, age).await?;
        Token::of(&jwt, &self.clerk.connection.verify(&jwt).await?)
    }

    /// How long a token is still accepted by a server of these settings.
    pub(super) fn accepted_for(&self, token: &Token) -> Duration {
        let left = token.expires_at.duration_since(SystemClock.now().wall);
        left.unwrap_or_default() + self.clerk.config.tokens.leeway
    }

    /// Asks a person to press Enter and then to do something at once that no look can see. Returns the time of Enter.
    ///
    /// # Errors
    /// If there is no terminal, or the time has passed.
    pub(super) async fn asks_person(&self, instruction: &str) -> Result<Moment, Failure> {
        self.report
            .instruct(&format!("TO DO  press Enter, and then at once {instruction}"));
        self.report.waits("waits for Enter", self.patience);
        self.report
            .step("a person has pressed Enter", person::enter(self.patience))
            .await?;
        Ok(SystemClock.now())
    }

    /// Waits until a person has done something that `is_done` can see, for as long as `--patience` says. Returns a time
    /// before it was done: what is measured from there is rather too long than too short.
    ///
    /// # Errors
    /// If the time has passed.
    pub(super) async fn awaits_person(
        &self,
        instruction: &str,
        is_done: impl AsyncFn() -> bool,
    ) -> Result<Moment, Failure> {
        self.report.instruct(&format!("TO DO  {instruction}"));
        self.report.waits("waits until that is seen", self.patience);
        self.report
            .step("a person has done it", self.is_seen(instruction, is_done))
            .await
    }

    async fn is_seen(&self, instruction: &str, is_done: impl AsyncFn() -> bool) -> Result<Moment, Failure> {
        let began = SystemClock.now();
        let mut before = began;
        loop {
            let looked = SystemClock.now();
            if is_done().await {
                return Ok(before);
            }
            before = looked;
            if SystemClock.now().since(began) > self.patience {
                return Err(format!(
                    "this was not seen to be done within {} (--patience): {instruction}",
                    humantime::format_duration(self.patience)
                )
                .into());
            }
            sleep(BETWEEN_LOOKS).await;
        }
    }
}
