//! `hemera-api clerk setup`.

use std::process::ExitCode;
use std::sync::Arc;

use clerk::TokenKind;
use freshness::{Clock, SystemClock};
use serde_json::json;

use super::status::print_remedies;
use super::{Consent, Context};
use crate::admin::provision::{
    EnvironmentLine, Plan, Proven, Side, TEMPLATE, apply, environment, prove_and_end,
};
use crate::admin::{Console, Failure};

pub(super) async fn run(context: &Context<'_>, dry_run: bool, consent: Consent) -> Result<ExitCode, Failure> {
    let current = context.current().await?;
    let plan = Plan::new(&context.desired, &current);
    if !context.json {
        print_plan(context, &plan);
    }
    if !plan.obstacles.is_empty() {
        return Ok(report_obstacles(context, &plan));
    }
    if dry_run {
        if context.json {
            context.console.print(json!({ "changed": false, "plan": plan }));
        } else {
            context.console.print("nothing was changed (--dry-run)");
        }
        return Ok(ExitCode::SUCCESS);
    }
    consent.obtain(if plan.is_empty() {
        "sign in once as the service user, as a proof"
    } else {
        "make these changes"
    })?;
    let applied = apply(&context.connection, &context.desired, &current, &plan).await?;
    if !context.json {
        applied.lines.iter().for_each(|line| context.console.print(line));
    }
    let user_id = applied
        .user_id
        .ok_or("Clerk did not say which user it created: run it again")?;
    let (kind, proven) = prove_after_setup(context, &user_id, applied.without_template).await?;
    let lines = environment(
        &context.connection,
        &context.config,
        &context.roles,
        context.server.as_ref(),
        &user_id,
        &kind,
    );
    if context.json {
        let changed = !plan.is_empty();
        let document = json!({
            "changed": changed, "plan": plan, "userId": user_id, "environment": lines,
            "proof": { "subject": proven.token.subject, "lifetimeSeconds": lifetime(&proven) },
        });
        context.console.print(document);
    } else {
        context.console.print(proof(&proven));
        print_environment(context.console, &lines);
    }
    Ok(ExitCode::SUCCESS)
}

/// With session tokens where there can be no template: the settings that are printed make the server accept them.
async fn prove_after_setup(
    context: &Context<'_>,
    user_id: &str,
    without_template: bool,
) -> Result<(TokenKind, Proven), Failure> {
    let (connection, desired) = (&context.connection, &context.desired);
    let (kind, connection) = if without_template || !desired.template {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        (
            TokenKind::Session,
            &connection.accepting_sessions(&context.config, &clock),
        )
    } else {
        (TokenKind::Template(TEMPLATE.to_owned()), connection)
    };
    let proven = prove_and_end(connection, desired, user_id, &kind).await?;
    Ok((kind, proven))
}

fn print_plan(context: &Context<'_>, plan: &Plan) {
    context.console.print(context.instance());
    if plan.is_empty() && plan.obstacles.is_empty() {
        context.console.print(format_args!(
            "nothing to change: {} is as it should be{}",
            context.desired.email,
            if context.desired.template {
                format!(", and so is the JWT template {TEMPLATE}")
            } else {
                String::new()
            }
        ));
    }
    context.console.print_text(plan);
}

/// Shows the obstacles that a person has to remove first.
fn report_obstacles(context: &Context<'_>, plan: &Plan) -> ExitCode {
    if context.json {
        context.console.print(json!({ "changed": false, "plan": plan }));
    } else {
        context
            .console
            .print("nothing was changed, because something stands in the way:");
        print_remedies(context.console, &plan.obstacles);
    }
    ExitCode::FAILURE
}

pub(super) fn lifetime(proven: &Proven) -> u64 {
    let token = &proven.token;
    let lifetime = token.expires_at.duration_since(token.issued_at);
    lifetime.unwrap_or_default().as_secs()
}

/// The proof in one line, for people.
pub(super) fn proof(proven: &Proven) -> String {
    format!(
        "a token of {} was minted, and verified as the server does it; it lives {} s",
        proven.token.subject,
        lifetime(proven)
    )
}

fn print_environment(console: &Console, lines: &[EnvironmentLine]) {
    for (side, title) in [
        (Side::Hemera, "the settings of hemera-api"),
        (
            Side::Aither,
            "the settings of Aither (`hemera-api clerk enroll` if its host is not to hold the secret key)",
        ),
    ] {
        console.print(format_args!("\n# {title}"));
        print_lines(console, lines.iter().filter(|line| line.side == side));
    }
}

pub(super) fn print_lines<'a>(console: &Console, lines: impl IntoIterator<Item = &'a EnvironmentLine>) {
    for line in lines {
        console.print(format_args!("{}={}", line.name, line.value));
    }
}
