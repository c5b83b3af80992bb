//! `hemera-api clerk enroll`.

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use clerk::User;
use freshness::{Clock as _, SystemClock};
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::setup::print_lines;
use super::status::print_remedies;
use super::{Consent, Context};
use crate::admin::Failure;
use crate::admin::provision::{MOST_NOTED, Marker, NotedTokens, Plan, enrolled_environment, timestamp};

/// The environment variable from which Aither reads the token.
const VARIABLE: &str = "CLERK_SERVICE_USER_SIGNIN_TOKEN";

/// How long a token may be valid: long enough to hand it over. Anyone who has it can sign in as the service user.
const LIFETIMES: std::ops::RangeInclusive<Duration> = Duration::from_mins(1)..=Duration::from_hours(30 * 24);

pub(super) fn parse_lifetime(text: &str) -> Result<Duration, String> {
    let lifetime = humantime::parse_duration(text).map_err(|_| "must be a duration such as 15m or 1h")?;
    if LIFETIMES.contains(&lifetime) {
        Ok(lifetime)
    } else {
        Err("must be from 1m to 30days".to_owned())
    }
}

pub(super) async fn run(
    context: &Context<'_>,
    consent: Consent,
    lifetime: Duration,
) -> Result<ExitCode, Failure> {
    let user = context.user().await?;
    let current = context.current().await?;
    let plan = Plan::new(&context.desired, &current);
    if !plan.obstacles.is_empty() {
        context
            .console
            .print("no sign-in token was made, because it could not be redeemed:");
        print_remedies(context.console, &plan.obstacles);
        return Ok(ExitCode::FAILURE);
    }
    let now = SystemClock.now().wall;
    refuse_too_many(&user, now)?;
    consent.obtain("make a sign-in token of the service user")?;
    let expires_at = timestamp(now + lifetime);
    let made = context
        .connection
        .api
        .sign_in_tokens()
        .create(&user.id, lifetime)
        .await?;
    note(context, &user, &made.id, lifetime, now).await?;
    let ticket = made.ticket.secret().expose_secret();
    let kind = context.token_kind(&current);
    let lines = enrolled_environment(
        &context.connection,
        &context.config,
        context.server.as_ref(),
        &kind,
    );
    if context.json {
        let document = json!({
            "id": made.id, "signInToken": ticket, "userId": user.id, "expiresAt": expires_at, "environment": lines,
        });
        context.console.print(document);
        return Ok(ExitCode::SUCCESS);
    }
    context.console.note(format_args!(
        "a sign-in token for {}: works once, until {expires_at}, and is not shown again",
        user.id
    ));
    context
        .console
        .note("these are all settings of an Aither that enrols; it needs no CLERK_SECRET_KEY");
    context.console.note(format_args!(
        "to withdraw it before it is used: `hemera-api clerk enroll --withdraw {}`",
        made.id
    ));
    print_lines(context.console, &lines);
    context.console.print(format_args!("{VARIABLE}={ticket}"));
    Ok(ExitCode::SUCCESS)
}

/// A shut-out revokes only what is noted, so no more are made than can be noted.
fn refuse_too_many(user: &User, now: SystemTime) -> Result<(), Failure> {
    let noted = NotedTokens::of(user);
    let alive = noted.unexpired(now);
    if alive.len() < MOST_NOTED {
        return Ok(());
    }
    Err(format!(
        "{MOST_NOTED} sign-in tokens have not expired: withdraw those that were not used with \
         `hemera-api clerk enroll --withdraw ID`: {}",
        alive.join(", ")
    )
    .into())
}

/// Notes the token at the user, for a shut-out to revoke it. One that could not be noted, or whose user was shut out
/// meanwhile, is withdrawn.
async fn note(
    context: &Context<'_>,
    user: &User,
    token_id: &str,
    lifetime: Duration,
    now: SystemTime,
) -> Result<(), Failure> {
    let noted = NotedTokens::of(user)
        .note(&context.connection, &user.id, token_id, lifetime, now)
        .await;
    let failure: Failure = match noted {
        Ok(user) if Marker::of(&user).is_none() => return Ok(()),
        Ok(user) => format!(
            "{} was shut out meanwhile, so no sign-in token is handed over",
            user.id
        )
        .into(),
        Err(error) => error.into(),
    };
    match context.connection.api.sign_in_tokens().revoke(token_id).await {
        Ok(()) => Err(failure),
        Err(error) => Err(format!(
            "{failure}; and the sign-in token {token_id} could not be withdrawn ({error}): run \
             `hemera-api clerk enroll --withdraw {token_id}`"
        )
        .into()),
    }
}

pub(super) async fn withdraw(context: &Context<'_>, consent: Consent, id: &str) -> Result<ExitCode, Failure> {
    consent.obtain("withdraw the sign-in token")?;
    context.connection.api.sign_in_tokens().revoke(id).await?;
    // A note that stays behind does no harm: it goes when the token would have expired.
    if let Ok(user) = context.user().await {
        let _ = NotedTokens::of(&user)
            .forget(&context.connection, &user.id, id)
            .await;
    }
    if context.json {
        context.console.print(json!({ "id": id, "withdrawn": true }));
    } else {
        context
            .console
            .print(format_args!("{id} can no longer be redeemed"));
    }
    Ok(ExitCode::SUCCESS)
}
