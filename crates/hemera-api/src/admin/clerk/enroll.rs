//! `hemera-api clerk enroll`.

use std::process::ExitCode;
use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::status::print_remedies;
use super::{Context, timestamp};
use crate::admin::Failure;
use crate::admin::provision::Plan;

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

pub(super) async fn run(context: &Context<'_>, lifetime: Duration) -> Result<ExitCode, Failure> {
    let user = context.user().await?;
    let plan = Plan::new(&context.desired, &context.current().await?);
    if !plan.obstacles.is_empty() {
        context
            .console
            .print("no sign-in token was made, because it could not be redeemed:");
        print_remedies(context.console, &plan.obstacles);
        return Ok(ExitCode::FAILURE);
    }
    context
        .consent
        .obtain("make a sign-in token of the service user")?;
    let expires_at = timestamp(SystemClock.now().wall + lifetime);
    let made = context
        .connection
        .api
        .sign_in_tokens()
        .create(&user.id, lifetime)
        .await?;
    let ticket = made.ticket.secret().expose_secret();
    if context.json {
        let document =
            json!({ "id": made.id, "signInToken": ticket, "userId": user.id, "expiresAt": expires_at });
        context.console.print(document);
        return Ok(ExitCode::SUCCESS);
    }
    context.console.note(format_args!(
        "a sign-in token for {}: works once, until {expires_at}, and is not shown again",
        user.id
    ));
    context
        .console
        .note("put it into Aither's environment, with AITHER_AUTH=enrolled and without CLERK_SECRET_KEY");
    context.console.note(format_args!(
        "to withdraw it before it is used: `hemera-api clerk enroll --withdraw {}`",
        made.id
    ));
    context.console.print(format_args!("{VARIABLE}={ticket}"));
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn withdraw(context: &Context<'_>, id: &str) -> Result<ExitCode, Failure> {
    context.consent.obtain("withdraw the sign-in token")?;
    context.connection.api.sign_in_tokens().revoke(id).await?;
    if context.json {
        context.console.print(json!({ "id": id, "withdrawn": true }));
    } else {
        context
            .console
            .print(format_args!("{id} can no longer be redeemed"));
    }
    Ok(ExitCode::SUCCESS)
}
