//! The shut-out: what keeps the service user out on every plan of Clerk's.
//!
//! A ban alone does not do, because plans without bans refuse it. So the role is taken away first, which counts at the
//! server as soon as a ban does. A marker in the user's private metadata keeps the other commands from giving it back.
//! Each step is taken, whatever became of those before it, and may be taken again.

use std::time::SystemTime;

use clerk::{Error, Metadata, User};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::ClerkConnection;
use super::marker::Marker;
use super::session::{EndedSessions, end_each_session, live_sessions};
use super::sign_in_tokens::NotedTokens;

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepOutcome {
    /// It changed something.
    Done,
    /// There was nothing to change.
    NotNeeded,
    /// Clerk's plan does not include it. The other steps keep the user out.
    NotInPlan,
    /// It failed: the command must be run again.
    Failed,
}

/// One step, as it is reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ShutOutStep {
    /// Its name: `role`, `sessions`, `sign_in_tokens`, `ban`, `sessions_again`, `check`.
    pub name: &'static str,
    /// What became of it.
    pub outcome: StepOutcome,
    /// What it did, or why it failed and what to do.
    pub text: String,
}

/// What a shut-out did.
#[derive(Clone, Debug, Default)]
pub(crate) struct ShutOut {
    /// The steps, in the order in which they were taken.
    pub steps: Vec<ShutOutStep>,
    /// The sessions that were ended, by id.
    pub ended: Vec<String>,
    /// Since when the user is shut out, in RFC 3339; `None` if that could not be marked.
    pub since: Option<String>,
    /// Whether the user is banned.
    pub banned: bool,
}

impl ShutOut {
    /// Whether no step failed.
    pub(crate) fn is_complete(&self) -> bool {
        self.steps.iter().all(|step| step.outcome != StepOutcome::Failed)
    }

    /// Whether any step changed something.
    pub(crate) fn has_changed(&self) -> bool {
        self.steps.iter().any(|step| step.outcome == StepOutcome::Done)
    }

    fn note(&mut self, name: &'static str, outcome: StepOutcome, text: impl Into<String>) {
        self.steps.push(ShutOutStep {
            name,
            outcome,
            text: text.into(),
        });
    }
}

/// Whether a user carries the marker and has no role.
pub(crate) fn stands(user: &User) -> bool {
    Marker::of(user).is_some() && !user.public_metadata.contains_key("role")
}

/// Shuts a user out, who was read just before.
pub(crate) async fn shut_out(connection: &ClerkConnection, user: &User, now: SystemTime) -> ShutOut {
    let mut report = ShutOut::default();
    let marked = take_role(connection, user, now, &mut report).await;
    end_sessions(connection, &user.id, "sessions", &mut report).await;
    // As the user was when it was marked: a sign-in token may have been noted just before.
    revoke_sign_in_tokens(connection, marked.as_ref().unwrap_or(user), &mut report).await;
    ban(connection, user, &mut report).await;
    // One that began between the first two steps and the ban must not outlive this.
    end_sessions(connection, &user.id, "sessions_again", &mut report).await;
    check(connection, &user.id, &mut report).await;
    report
}

/// In one change at Clerk, so that there is no role taken without a marker. Returns the user after a change.
async fn take_role(
    connection: &ClerkConnection,
    user: &User,
    now: SystemTime,
    report: &mut ShutOut,
) -> Option<User> {
    let known = Marker::of(user);
    let marker = known.clone().unwrap_or_else(|| Marker::new(user, now));
    if stands(user) {
        report.since = Some(marker.since);
        let text = "the role was taken away and the user marked as shut out before";
        report.note("role", StepOutcome::NotNeeded, text);
        return None;
    }
    let without_role = Map::from_iter([("role".to_owned(), Value::Null)]);
    let mut change = Metadata::public(without_role);
    // The first marker stays: it says what the user could sign in with when the shut-out began.
    if known.is_none() {
        change = change.with_private(marker.set());
    }
    match connection.api.users().merge_metadata(&user.id, change).await {
        Ok(changed) => {
            report.since = Some(marker.since);
            let text = "the role is taken away, and the user is marked as shut out";
            report.note("role", StepOutcome::Done, text);
            Some(changed)
        }
        Err(error) => {
            let text = format!("the role could not be taken away: {error}");
            report.note("role", StepOutcome::Failed, text);
            None
        }
    }
}

async fn end_sessions(connection: &ClerkConnection, user_id: &str, name: &'static str, report: &mut ShutOut) {
    let EndedSessions { ended, failed } = match end_each_session(connection, user_id).await {
        Ok(ended) => ended,
        Err(error) => {
            let text = format!("the sessions could not be listed: {error}");
            return report.note(name, StepOutcome::Failed, text);
        }
    };
    report.ended.extend(ended.iter().cloned());
    match (failed.first(), ended.len()) {
        (Some(_), _) => {
            let text = format!("sessions that could not be ended: {}", listed(&failed));
            report.note(name, StepOutcome::Failed, text);
        }
        (None, 0) => report.note(name, StepOutcome::NotNeeded, "no session is alive"),
        (None, count) => report.note(name, StepOutcome::Done, format!("sessions ended: {count}")),
    }
}

async fn revoke_sign_in_tokens(connection: &ClerkConnection, user: &User, report: &mut ShutOut) {
    const NAME: &str = "sign_in_tokens";
    let result = NotedTokens::of(user).revoke(connection).await;
    if !result.failed.is_empty() {
        let text = format!(
            "sign-in tokens that could not be revoked: {}",
            listed(&result.failed)
        );
        report.note(NAME, StepOutcome::Failed, text);
    } else if result.done > 0 {
        let text = format!("sign-in tokens revoked: {}", result.done);
        report.note(NAME, StepOutcome::Done, text);
    } else if result.worthless > 0 {
        let text = "every sign-in token that `clerk enroll` made was used, revoked or too old";
        report.note(NAME, StepOutcome::NotNeeded, text);
    } else {
        report.note(
            NAME,
            StepOutcome::NotNeeded,
            "`clerk enroll` has made no sign-in token",
        );
    }
}

async fn ban(connection: &ClerkConnection, user: &User, report: &mut ShutOut) {
    const NAME: &str = "ban";
    report.banned = user.banned;
    if user.banned {
        return report.note(NAME, StepOutcome::NotNeeded, "the user was banned before");
    }
    match connection.api.users().ban(&user.id).await {
        Ok(_) => {
            report.banned = true;
            report.note(NAME, StepOutcome::Done, "the user is banned");
        }
        Err(error) if error.is_beyond_plan() => {
            let text = "Clerk's plan has no bans (402): the user can still sign in, but has no role";
            report.note(NAME, StepOutcome::NotInPlan, text);
        }
        Err(error) => {
            let text = format!("the user could not be banned: {error}");
            report.note(NAME, StepOutcome::Failed, text);
        }
    }
}

/// What Clerk has accepted it must show.
async fn check(connection: &ClerkConnection, user_id: &str, report: &mut ShutOut) {
    if !report.is_complete() {
        return;
    }
    let shown = match seen(connection, user_id).await {
        Ok((user, alive)) => stands(&user) && user.banned == report.banned && alive.is_empty(),
        Err(error) => {
            let text = format!("the result could not be read: {error}");
            return report.note("check", StepOutcome::Failed, text);
        }
    };
    if !shown {
        let text = "Clerk accepted each step but does not show it: look at the user in Clerk's dashboard";
        report.note("check", StepOutcome::Failed, text);
    }
}

async fn seen(connection: &ClerkConnection, user_id: &str) -> Result<(User, Vec<String>), Error> {
    let user = connection.api.users().get(user_id).await?;
    Ok((user, live_sessions(connection, user_id).await?))
}

fn listed(failed: &[(String, Error)]) -> String {
    let lines: Vec<String> = failed
        .iter()
        .map(|(id, error)| format!("{id} ({error})"))
        .collect();
    lines.join(", ")
}

impl ShutOut {
    /// The report for programs.
    pub(crate) fn to_json(&self, user_id: &str) -> Value {
        json!({
            "userId": user_id, "shutOut": self.since.is_some(), "since": self.since, "banned": self.banned,
            "changed": self.has_changed(), "complete": self.is_complete(), "ended": self.ended, "steps": self.steps,
        })
    }
}
