//! `hemera-api clerk disable`.

use std::process::ExitCode;

use humantime::format_duration;
use serde_json::json;

use super::Context;
use crate::admin::Failure;
use crate::admin::provision::{end_sessions, live_sessions};

pub(super) async fn run(context: &Context<'_>) -> Result<ExitCode, Failure> {
    let user = context.user().await?;
    let was_banned = user.banned;
    let alive = live_sessions(&context.connection, &user.id).await?;
    if !was_banned || !alive.is_empty() {
        context
            .consent
            .obtain("ban the service user, and end its sessions")?;
    }
    let users = context.connection.api.users();
    if !was_banned {
        users.ban(&user.id).await?;
    }
    // The ban ends sessions by itself; a session that began at the same moment must not outlive it.
    end_sessions(&context.connection, &user.id).await?;
    let left = live_sessions(&context.connection, &user.id).await?;
    if !users.get(&user.id).await?.banned || !left.is_empty() {
        return Err("Clerk accepted the ban but does not show it: look at the user in Clerk's dashboard, and run this command again".into());
    }
    if context.json {
        let changed = !was_banned || !alive.is_empty();
        context
            .console
            .print(json!({ "userId": user.id, "banned": true, "changed": changed, "ended": alive }));
        return Ok(ExitCode::SUCCESS);
    }
    match (was_banned, alive.len()) {
        (true, 0) => context
            .console
            .print(format_args!("{} was banned already and has no session", user.id)),
        (true, ended) => context.console.print(format_args!(
            "{} was banned already; sessions ended: {ended}",
            user.id
        )),
        (false, ended) => context
            .console
            .print(format_args!("{} is banned; sessions ended: {ended}", user.id)),
    }
    let (max_age, grace) = (context.roles.max_age, context.roles.grace);
    context.console.print(format_args!(
        "hemera-api refuses it within {} (HEMERA_ROLES__MAX_AGE); within {} more while Clerk does not answer",
        format_duration(max_age),
        format_duration(grace)
    ));
    context.console.print("to let Aither in meanwhile: a service key, see docs/service-user.md; to end this: `hemera-api clerk enable`");
    Ok(ExitCode::SUCCESS)
}
