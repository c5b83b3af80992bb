//! `hemera-api clerk enable`.

use std::process::ExitCode;

use clerk::Identifier;
use serde_json::json;

use super::setup::proof;
use super::status::print_remedies;
use super::{Consent, Context};
use crate::admin::Failure;
use crate::admin::provision::{LetIn, Marker, NotLetIn, Point, let_in, prove_and_end};

pub(super) async fn run(context: &Context<'_>, consent: Consent) -> Result<ExitCode, Failure> {
    let user = context.user().await?;
    consent.obtain(if user.banned || Marker::of(&user).is_some() {
        "end the service user's sessions and let it in again"
    } else {
        "end the service user's sessions and sign in once as it"
    })?;
    let done = match let_in(&context.connection, &context.desired, &user.id).await {
        Ok(done) => done,
        Err(NotLetIn::Obstacles { points, added }) => {
            return Ok(report_obstacles(context, &user.id, &points, &added));
        }
        Err(error) => return Err(error.into()),
    };
    let current = context.current().await?;
    let kind = context.token_kind(&current);
    let proven = prove_and_end(&context.connection, &context.desired, &user.id, &kind).await?;
    if context.json {
        context.console.print(json!({
            "userId": user.id, "shutOut": false, "banned": false, "changed": done.has_changed(),
            "ended": done.ended,
        }));
        return Ok(ExitCode::SUCCESS);
    }
    print(context, &user.id, &done);
    context.console.print(proof(&proven));
    context
        .console
        .print("an enrolled Aither needs a new enrolment: `hemera-api clerk enroll`");
    Ok(ExitCode::SUCCESS)
}

fn print(context: &Context<'_>, user_id: &str, done: &LetIn) {
    let console = context.console;
    if done.ended > 0 {
        console.print(format_args!("sessions ended: {}", done.ended));
    }
    if done.password_removed {
        console.print("a password was removed: the user has none");
    }
    if done.was_banned {
        console.print(format_args!("{user_id} is no longer banned"));
    }
    if done.was_shut_out {
        console.print(format_args!("{user_id} has its role again"));
    }
    if !done.has_changed() {
        console.print(format_args!("{user_id} was neither shut out nor banned"));
    }
}

/// Shows what a person has to decide on first.
fn report_obstacles(
    context: &Context<'_>,
    user_id: &str,
    points: &[Point],
    added: &[Identifier],
) -> ExitCode {
    let named: Vec<String> = added.iter().map(ToString::to_string).collect();
    if context.json {
        context.console.print(json!({
            "userId": user_id, "changed": false, "obstacles": points, "added": named,
        }));
        return ExitCode::FAILURE;
    }
    let console = context.console;
    console.print("nothing was given back, because something stands in the way:");
    print_remedies(console, points);
    if !named.is_empty() {
        console.print(format_args!(
            "  added since the shut-out: {}: if you did not do that, remove it in Clerk's dashboard; if it is the address \
             itself, delete the user there, and `hemera-api clerk setup` makes a new one",
            named.join(", ")
        ));
    }
    console.print("then run `hemera-api clerk enable` again");
    ExitCode::FAILURE
}
