//! `hemera-api audit credential`: everything that was done with one token, session or service key.

mod query;

use std::process::ExitCode;
use std::time::SystemTime;

use clap::Args;
use freshness::Clock;
use hemera_types::Timestamp;
use serde_json::{Value, json};

use self::query::{SeenRow, UseRow};
use super::error::AuditCommandError;
use super::grid::{Align, Grid, counted};
use super::period::{Period, PointInTime, parse};
use super::session::Session;
use crate::admin::Console;
use crate::config::DatabaseUrl;

#[derive(Args, Debug)]
pub(crate) struct CredentialArguments {
    /// A token's id (claim jti), a session's (claim sid), sha256: and the hash of a token, or the name of a service key
    id: String,
    /// The first time: a span back from now (24h, 7d), or an RFC 3339 time (2026-03-01T00:00:00Z)
    #[arg(long, value_name = "TIME", value_parser = parse, default_value = "30d")]
    since: PointInTime,
    /// The time before which to end, given in the same ways. Without it: now
    #[arg(long, value_name = "TIME", value_parser = parse)]
    until: Option<PointInTime>,
    /// How many addresses and how many persons are listed at most; 0 for all
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    most: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

struct UsesOfCredential {
    by_operation: Vec<UseRow>,
    addresses: Vec<SeenRow>,
    persons: Vec<SeenRow>,
}

/// What was done with a credential, in short.
#[derive(Clone, Debug)]
pub(crate) struct CredentialUses {
    /// All requests with it.
    pub(crate) requests: i64,
    /// Those with the outcome that was asked for.
    pub(crate) succeeded: i64,
    /// The addresses that they came from, the most frequent first; a few at most.
    pub(crate) addresses: Vec<String>,
}

/// What was done with a credential from a time until now: by its id, as `audit credential` takes it.
///
/// # Errors
/// [`AuditCommandError`].
pub(crate) async fn uses_of_credential(
    url: &DatabaseUrl,
    id: &str,
    since: SystemTime,
    clock: &dyn Clock,
) -> Result<CredentialUses, AuditCommandError> {
    const MOST: i64 = 5;
    let period = Period::of(PointInTime::At(Timestamp::from(since)), None, clock)?;
    let mut session = Session::to_read(url, "drill").await?;
    let uses = session
        .run(async |connection| query::uses(connection, id, period).await)
        .await?;
    let addresses = session
        .run(async |connection| query::addresses(connection, id, period, MOST).await)
        .await?;
    session.close().await;
    let requests = |uses: &mut dyn Iterator<Item = &UseRow>| uses.map(|row| row.requests).sum();
    Ok(CredentialUses {
        requests: requests(&mut uses.iter()),
        succeeded: requests(&mut uses.iter().filter(|row| row.outcome == "SUCCEEDED")),
        addresses: addresses.into_iter().filter_map(|row| row.what).collect(),
    })
}

pub(super) async fn run(
    arguments: &CredentialArguments,
    console: &Console,
    clock: &dyn Clock,
    url: &DatabaseUrl,
) -> Result<ExitCode, AuditCommandError> {
    let period = Period::of(arguments.since, arguments.until, clock)?;
    let id = arguments.id.as_str();
    let most = match arguments.most {
        0 => i64::MAX,
        most => most.into(),
    };
    let mut session = Session::to_read(url, "audit credential").await?;
    let uses = session
        .run(async |connection| query::uses(connection, id, period).await)
        .await?;
    let addresses = session
        .run(async |connection| query::addresses(connection, id, period, most).await)
        .await?;
    let persons = session
        .run(async |connection| query::persons(connection, id, period, most).await)
        .await?;
    session.close().await;
    let found = UsesOfCredential {
        by_operation: uses,
        addresses,
        persons,
    };
    if arguments.json {
        console.print(as_json(id, period, &found));
    } else {
        print_for_people(console, id, period, &found);
    }
    Ok(ExitCode::SUCCESS)
}

fn print_for_people(console: &Console, id: &str, period: Period, found: &UsesOfCredential) {
    let UsesOfCredential {
        by_operation: uses,
        addresses,
        persons,
    } = found;
    let (Some(first), Some(last)) = (
        uses.iter().map(|row| row.first_at).min(),
        uses.iter().map(|row| row.last_at).max(),
    ) else {
        console.print(format_args!(
            "nothing was done with {id} from {period}; a longer --since reads further back"
        ));
        return;
    };
    let requests: i64 = uses.iter().map(|row| row.requests).sum();
    let mut kinds: Vec<&str> = uses.iter().map(|row| row.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    console.print(format_args!("{} {id}, from {period}", kinds.join(" and ")));
    console.print(format_args!(
        "{}, first seen {}, last seen {}\n",
        counted(requests, "request"),
        Timestamp::from(first),
        Timestamp::from(last)
    ));
    console.print_text(grid_of_uses(uses));
    console.print("");
    print_seen(console, "address", addresses);
    console.print("");
    print_seen(console, "person", persons);
}

fn grid_of_uses(uses: &[UseRow]) -> Grid {
    let mut grid = Grid::new(&[
        ("caller", Align::Left),
        ("role", Align::Left),
        ("operation", Align::Left),
        ("outcome", Align::Left),
        ("reason", Align::Left),
        ("requests", Align::Right),
        ("first (UTC)", Align::Left),
        ("last (UTC)", Align::Left),
    ]);
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    for row in uses {
        grid.row(vec![
            or_dash(&row.subject),
            or_dash(&row.role),
            or_dash(&row.operation),
            row.outcome.to_lowercase(),
            or_dash(&row.reason),
            row.requests.to_string(),
            Timestamp::from(row.first_at).to_string(),
            Timestamp::from(row.last_at).to_string(),
        ]);
    }
    grid
}

fn print_seen(console: &Console, noun: &'static str, rows: &[SeenRow]) {
    let total = rows.first().map_or(0, |row| row.total);
    if total == 0 && noun == "person" {
        console.print(
            "no person is known whose data were returned or changed (details are dropped before records)",
        );
        return;
    }
    let mut grid = Grid::new(&[
        (noun, Align::Left),
        ("requests", Align::Right),
        ("first (UTC)", Align::Left),
        ("last (UTC)", Align::Left),
    ]);
    for row in rows {
        grid.row(vec![
            row.what
                .clone()
                .unwrap_or_else(|| "not known any more".to_owned()),
            row.requests.to_string(),
            Timestamp::from(row.first_at).to_string(),
            Timestamp::from(row.last_at).to_string(),
        ]);
    }
    console.print_text(grid);
    let listed = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    if total > listed {
        console.print(format_args!("{listed} of {total}; --most 0 lists all"));
    }
}

fn as_json(id: &str, period: Period, found: &UsesOfCredential) -> Value {
    let uses: Vec<Value> = found
        .by_operation
        .iter()
        .map(|row| {
            json!({
                "kind": row.kind,
                "subject": row.subject,
                "role": row.role,
                "operation": row.operation,
                "outcome": row.outcome,
                "reason": row.reason,
                "requests": row.requests,
                "firstAt": Timestamp::from(row.first_at),
                "lastAt": Timestamp::from(row.last_at),
            })
        })
        .collect();
    json!({
        "id": id,
        "since": Timestamp::from(period.since),
        "until": Timestamp::from(period.until),
        "uses": uses,
        "addresses": seen_as_json(&found.addresses),
        "persons": seen_as_json(&found.persons),
    })
}

fn seen_as_json(rows: &[SeenRow]) -> Value {
    let listed: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "what": row.what,
                "requests": row.requests,
                "firstAt": Timestamp::from(row.first_at),
                "lastAt": Timestamp::from(row.last_at),
            })
        })
        .collect();
    json!({ "total": rows.first().map_or(0, |row| row.total), "listed": listed })
}
