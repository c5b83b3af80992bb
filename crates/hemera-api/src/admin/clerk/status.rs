//! `hemera-api clerk status`.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::Context;
use crate::admin::provision::{Marker, Point, Remedy, compare, live_sessions};
use crate::admin::{Console, Failure};

pub(super) async fn run(context: &Context<'_>) -> Result<ExitCode, Failure> {
    let current = context.current().await?;
    let points = compare(&context.desired, &current);
    let sessions = match &current.user {
        Some(user) => live_sessions(&context.connection, &user.id).await?.len(),
        None => 0,
    };
    let since = current
        .user
        .as_ref()
        .and_then(Marker::of)
        .map(|marker| marker.since);
    let drift = points.iter().filter(|point| !point.is_met()).count();
    if context.json {
        let document = json!({
            "instance": context.connection.kind(), "drift": drift, "sessions": sessions,
            "shutOut": since, "userId": current.user.as_ref().map(|user| &user.id),
            "points": points.iter().map(as_json).collect::<Vec<_>>(),
        });
        context.console.print(document);
    } else {
        context.console.print(context.instance());
        if let Some(since) = since {
            context.console.print(format_args!("shut out since {since}"));
        }
        print_table(context.console, &points);
        context.console.print(format_args!("sessions alive: {sessions}"));
        print_result(context.console, &points);
    }
    Ok(if drift == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn as_json(point: &Point) -> Value {
    json!({ "name": point.name, "wanted": point.wanted, "found": point.found, "ok": point.is_met() })
}

/// A point a line, or more where its text is long: what is, and what should be where that differs.
fn print_table(console: &Console, points: &[Point]) {
    for point in points {
        let mark = if point.is_met() { "ok" } else { "✗ " };
        let found = point.found.as_deref().unwrap_or("(nothing)");
        let text = if point.is_met() {
            found.to_owned()
        } else {
            format!("{found}; should be: {}", point.wanted)
        };
        let name = format!("{mark} {:<30} ", point.name);
        console.print_wrapped(&name, &" ".repeat(name.chars().count()), &text);
    }
}

fn print_result(console: &Console, points: &[Point]) {
    let unmet: Vec<&Point> = points.iter().filter(|point| !point.is_met()).collect();
    if unmet.is_empty() {
        console.print("everything is as it should be");
        return;
    }
    console.print(format_args!("{} of {} points differ:", unmet.len(), points.len()));
    // `setup` refuses while the user is shut out.
    if unmet
        .iter()
        .any(|point| point.remedy == Remedy::Enable && point.found.is_some())
    {
        console.print("  run `hemera-api clerk enable` if the service user is to be let in again");
    } else if unmet.iter().any(|point| point.remedy == Remedy::Setup) {
        console.print("  run `hemera-api clerk setup`; with --dry-run it shows what it would change");
    }
    // Points of a user that does not exist yet need no remedy of their own: `setup` creates the user.
    let by_operator = unmet.into_iter().filter(|point| point.remedy != Remedy::Enable);
    print_remedies(console, by_operator.filter(|point| point.found.is_some()));
}

/// Points that only a person can correct, and how.
pub(super) fn print_remedies<'a>(console: &Console, points: impl IntoIterator<Item = &'a Point>) {
    for point in points {
        let how = match point.remedy {
            Remedy::Setup => continue,
            Remedy::Enable => "run `hemera-api clerk enable` if that is to end",
            Remedy::Operator(how) => how,
        };
        if let Some(found) = &point.found {
            console.print_wrapped("  ", "    ", &format!("{} is {found}: {how}", point.name));
        }
    }
}
