//! `hemera-api clerk disable`.

use std::process::ExitCode;

use clerk::User;
use freshness::{Clock as _, SystemClock};
use humantime::format_duration;

use super::{Consent, Context};
use crate::admin::Failure;
use crate::admin::provision::{NotedTokens, ShutOut, StepOutcome, live_sessions, shut_out, stands};
use crate::config::RoleSource;

pub(super) async fn run(context: &Context<'_>, consent: Consent) -> Result<ExitCode, Failure> {
    let user = context.user().await?;
    if changes_anything(context, &user).await {
        consent.obtain(&format!("shut out the service user {}", user.id))?;
    }
    let report = shut_out(&context.connection, &user, SystemClock.now().wall).await;
    if context.json {
        context.console.print(report.to_json(&user.id));
    } else {
        print(context, &user, &report);
    }
    Ok(if report.is_complete() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What cannot be read may have to be changed.
async fn changes_anything(context: &Context<'_>, user: &User) -> bool {
    let alive = live_sessions(&context.connection, &user.id).await;
    let closed = user.banned && NotedTokens::of(user).is_empty() && alive.is_ok_and(|ids| ids.is_empty());
    !(closed && stands(user))
}

fn print(context: &Context<'_>, user: &User, report: &ShutOut) {
    let console = context.console;
    for step in &report.steps {
        let mark = match step.outcome {
            StepOutcome::Done => "done",
            StepOutcome::NotNeeded => "not needed",
            StepOutcome::NotInPlan => "not in plan",
            StepOutcome::Failed => "FAILED",
        };
        console.print(format_args!("{mark:<11}  {}", step.text));
    }
    if !report.is_complete() {
        console.print(format_args!(
            "{} may not be shut out completely: run `hemera-api clerk disable` again until no step fails",
            user.id
        ));
    } else if report.has_changed() {
        console.print(format_args!("{} is shut out", user.id));
    } else {
        console.print(format_args!(
            "{} was shut out before; nothing was changed",
            user.id
        ));
    }
    if report.since.is_some() || report.banned {
        console.print(bound(context));
        console.print(
            "to let Aither in meanwhile: a service key, see docs/service-user.md; to end this: `hemera-api clerk enable`",
        );
    }
}

/// How soon the server follows.
fn bound(context: &Context<'_>) -> String {
    let roles = &context.roles;
    match roles.source {
        RoleSource::Lookup => format!(
            "hemera-api refuses it within {} (HEMERA_ROLES__MAX_AGE); within {} more while Clerk does not answer",
            format_duration(roles.max_age),
            format_duration(roles.grace)
        ),
        RoleSource::Claim => format!(
            "hemera-api believes the roles of tokens (HEMERA_ROLES__SOURCE=claim): those minted before count until they \
             expire, {} after they were minted, or {} (HEMERA_TOKENS__MAX_LIFETIME) where the JWT template was given a \
             longer life",
            format_duration(context.desired.lifetime),
            format_duration(context.config.tokens.max_lifetime)
        ),
    }
}
