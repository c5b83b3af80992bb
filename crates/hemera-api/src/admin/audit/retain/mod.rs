//! `hemera-api audit retain`: ends the retention of months, each as a whole.

mod month;
mod plan;
mod query;

use std::process::ExitCode;

use clap::Args;
use freshness::Clock;
use hemera_types::Timestamp;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use self::month::{Kind, PastMonth};
use super::error::AuditCommandError;
use super::session::Session;
use super::size::Size;
use crate::admin::Console;
use crate::config::{AuditConfig, DatabaseUrl};

#[derive(Args, Debug)]
pub(crate) struct EndRetention {
    /// Change nothing, and print what would be dropped
    #[arg(long)]
    dry_run: bool,
    /// Drop records, too, that never came into the transparency log: for servers that run without `audit.key_file`
    #[arg(long)]
    not_in_the_log: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What became of a month.
struct Done {
    month: PastMonth,
    outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Dropped {
        rows: i64,
    },
    /// With `--dry-run`.
    WouldBeDropped,
    /// So many of its records are in no leaf of the transparency log.
    Refused {
        pending: i64,
    },
}

pub(super) async fn run(
    arguments: &EndRetention,
    console: &Console,
    clock: &dyn Clock,
    url: &DatabaseUrl,
    config: AuditConfig,
) -> Result<ExitCode, AuditCommandError> {
    let now = OffsetDateTime::from(clock.now().wall);
    let mut session = Session::to_change(url, "audit retain").await?;
    let mut done = Vec::new();
    for month in plan::past(&mut session, now, config, arguments.dry_run).await? {
        let outcome = end(&mut session, &month, now, arguments).await?;
        let entry = Done { month, outcome };
        if !arguments.json {
            console.print(described(&entry, config));
        }
        done.push(entry);
    }
    session.close().await;
    if arguments.json {
        let partitions: Vec<Value> = done.iter().map(as_json).collect();
        console.print(json!({ "dryRun": arguments.dry_run, "partitions": partitions }));
    } else if done.is_empty() {
        console.print(format_args!(
            "nothing to drop: no month of details ended {} months ago or earlier, and no month of records {}",
            config.keep_details_months, config.keep_records_months
        ));
    }
    let is_refused = |done: &Done| matches!(done.outcome, Outcome::Refused { .. });
    Ok(if done.iter().any(is_refused) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Drops a month, unless that would lose records that are not in the transparency log.
async fn end(
    session: &mut Session,
    month: &PastMonth,
    now: OffsetDateTime,
    arguments: &EndRetention,
) -> Result<Outcome, AuditCommandError> {
    if arguments.dry_run {
        let pending = session
            .run(async |connection| query::pending(connection, month).await)
            .await?;
        return Ok(if pending > 0 && !arguments.not_in_the_log {
            Outcome::Refused { pending }
        } else {
            Outcome::WouldBeDropped
        });
    }
    let dropped = session
        .run(async |connection| {
            query::drop_month(connection, month, now, Uuid::new_v4(), arguments.not_in_the_log).await
        })
        .await?;
    Ok(match dropped {
        query::Dropped::Rows(rows) => Outcome::Dropped { rows },
        query::Dropped::StillPending(pending) => Outcome::Refused { pending },
    })
}

fn described(done: &Done, config: AuditConfig) -> String {
    let Done { month, outcome } = done;
    let (what, kept) = match month.kind {
        Kind::Details => ("details of records", config.keep_details_months),
        Kind::Records => ("records", config.keep_records_months),
    };
    let end = Timestamp::from(month.end);
    let size = Size(month.size);
    let name = &month.name;
    match outcome {
        Outcome::Dropped { rows } => {
            format!("dropped {name}: {rows} {what}, {size}; the month ended at {end}, {kept} months are kept")
        }
        Outcome::WouldBeDropped => format!(
            "would drop {name}: {} {what}, {size}; the month ended at {end}, {kept} months are kept",
            month.rows
        ),
        Outcome::Refused { pending } => format!(
            "kept {name}: {pending} of its records are not in the transparency log yet. Let a server with audit.key_file run for \
             a few seconds and repeat this; where no server has a key, give --not-in-the-log"
        ),
    }
}

fn as_json(done: &Done) -> Value {
    let Done { month, outcome } = done;
    let (rows, pending) = match *outcome {
        Outcome::Dropped { rows } => (rows, 0),
        Outcome::WouldBeDropped => (month.rows, 0),
        Outcome::Refused { pending } => (month.rows, pending),
    };
    json!({
        "name": month.name,
        "end": Timestamp::from(month.end),
        "rows": rows,
        "bytes": month.size,
        "notInTheLog": pending,
        "dropped": matches!(outcome, Outcome::Dropped { .. }),
    })
}
