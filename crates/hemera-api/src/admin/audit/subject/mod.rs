//! `hemera-api audit subject`: who has seen or changed the data of a person.

mod query;

use std::process::ExitCode;

use clap::Args;
use freshness::Clock;
use hemera_types::Timestamp;
use serde_json::{Value, json};
use time::OffsetDateTime;

use self::query::{AccessRow, Coverage};
use super::error::AuditCommandError;
use super::grid::{Align, Grid, counted};
use super::period::{Period, PointInTime, parse};
use super::session::Session;
use crate::admin::Console;
use crate::config::DatabaseUrl;

#[derive(Args, Debug)]
pub(crate) struct PersonArguments {
    /// The id of the person's user at Hemera, the real one also where callers see pseudonyms
    user: String,
    /// From when on: a span back from now, or an RFC 3339 time. Without it: as long as there are details
    #[arg(long, value_name = "TIME", value_parser = parse)]
    since: Option<PointInTime>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    arguments: &PersonArguments,
    console: &Console,
    clock: &dyn Clock,
    url: &DatabaseUrl,
) -> Result<ExitCode, AuditCommandError> {
    let now = clock.now().wall;
    let since = arguments.since.map(|since| since.resolved(now)).transpose()?;
    let period = Period {
        since: since.unwrap_or(OffsetDateTime::UNIX_EPOCH),
        until: now.into(),
    };
    let mut session = Session::to_read(url, "audit subject").await?;
    let coverage = session
        .run(async |connection| query::coverage(connection).await)
        .await?;
    let rows = session
        .run(async |connection| query::accesses(connection, &arguments.user, period).await)
        .await?;
    session.close().await;
    if arguments.json {
        console.print(as_json(&arguments.user, since, coverage, &rows));
    } else {
        print_for_people(console, &arguments.user, since, coverage, &rows);
    }
    Ok(ExitCode::SUCCESS)
}

fn print_for_people(
    console: &Console,
    user: &str,
    since: Option<OffsetDateTime>,
    coverage: Coverage,
    rows: &[AccessRow],
) {
    let requests: i64 = rows.iter().map(|row| row.requests).sum();
    let period = since.map_or_else(String::new, |since| format!(" since {}", Timestamp::from(since)));
    console.print(format_args!(
        "{}{period} returned or changed data of {user}",
        counted(requests, "request")
    ));
    let mut grid = Grid::new(&[
        ("caller", Align::Left),
        ("role", Align::Left),
        ("proof", Align::Left),
        ("operation", Align::Left),
        ("did", Align::Left),
        ("requests", Align::Right),
        ("first (UTC)", Align::Left),
        ("last (UTC)", Align::Left),
    ]);
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    for row in rows {
        let proof = match &row.key_name {
            Some(key) => format!("{} {key}", or_dash(&row.proof)),
            None => or_dash(&row.proof),
        };
        grid.row(vec![
            or_dash(&row.subject),
            or_dash(&row.role),
            proof,
            or_dash(&row.operation),
            if row.changed { "changed" } else { "read" }.to_owned(),
            row.requests.to_string(),
            Timestamp::from(row.first_at).to_string(),
            Timestamp::from(row.last_at).to_string(),
        ]);
    }
    if !grid.is_empty() {
        console.print_text(format_args!("\n{grid}"));
        console.print(format_args!(
            "\nEach of these requests: hemera-api audit list --limit 0 --person {user} --since TIME"
        ));
    }
    console.print("");
    console.print_wrapped("", "", &known(coverage));
}

/// What the answer does not cover.
fn known(coverage: Coverage) -> String {
    let [details, records] = [coverage.details_from, coverage.records_from].map(|at| at.map(Timestamp::from));
    match (details, records) {
        (Some(details), Some(records)) if records < details => format!(
            "Whose data were returned is known from {details} on. Records from {records} on, before that, have no details: \
             they were dropped (audit.keep_details_months), or the server kept none yet. Who saw these data then is not known."
        ),
        (Some(details), _) => {
            format!(
                "Whose data were returned is known from {details} on: from the first record that there is."
            )
        }
        (None, Some(_)) => {
            "No record has details: they were dropped (audit.keep_details_months), or the server kept none \
             yet. Who saw these data is not known."
                .to_owned()
        }
        (None, None) => "There are no records.".to_owned(),
    }
}

fn as_json(user: &str, since: Option<OffsetDateTime>, coverage: Coverage, rows: &[AccessRow]) -> Value {
    let accesses: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "subject": row.subject,
                "role": row.role,
                "proof": row.proof,
                "keyName": row.key_name,
                "operation": row.operation,
                "changed": row.changed,
                "requests": row.requests,
                "firstAt": Timestamp::from(row.first_at),
                "lastAt": Timestamp::from(row.last_at),
            })
        })
        .collect();
    json!({
        "user": user,
        "since": since.map(Timestamp::from),
        "detailsFrom": coverage.details_from.map(Timestamp::from),
        "recordsFrom": coverage.records_from.map(Timestamp::from),
        "accesses": accesses,
    })
}
