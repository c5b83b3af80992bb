//! `hemera-api audit partitions`: which months there are, and which are past their time.

pub(super) mod partition;
pub(super) mod query;

use std::process::ExitCode;

use clap::Args;
use freshness::Clock;
use hemera_types::Timestamp;
use serde_json::{Value, json};
use time::OffsetDateTime;

use self::partition::Partition;
use super::error::AuditCommandError;
use super::grid::{Align, Grid};
use super::session::Session;
use super::size::Size;
use crate::admin::Console;
use crate::config::{AuditConfig, DatabaseUrl};

#[derive(Args, Debug)]
pub(crate) struct ListPartitions {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A partition with what is in it.
struct Counted {
    partition: Partition,
    /// `None`: counting took too long, and there is the estimate alone.
    rows: Option<i64>,
    /// Records that are in no leaf of the transparency log.
    pending: i64,
    is_past: bool,
}

pub(super) async fn run(
    arguments: &ListPartitions,
    console: &Console,
    clock: &dyn Clock,
    url: &DatabaseUrl,
    config: AuditConfig,
) -> Result<ExitCode, AuditCommandError> {
    let now = OffsetDateTime::from(clock.now().wall);
    let mut session = Session::to_read(url, "audit partitions").await?;
    let partitions = counted(&mut session, now, config).await?;
    session.close().await;
    if arguments.json {
        console.print(json!({
            "keepDetailsMonths": config.keep_details_months,
            "keepRecordsMonths": config.keep_records_months,
            "partitions": partitions.iter().map(as_json).collect::<Vec<_>>(),
        }));
    } else {
        print_for_people(console, config, &partitions);
    }
    Ok(ExitCode::SUCCESS)
}

async fn counted(
    session: &mut Session,
    now: OffsetDateTime,
    config: AuditConfig,
) -> Result<Vec<Counted>, AuditCommandError> {
    let (all, details_cutoff, records_cutoff) = session
        .run(async |connection| {
            let all = query::all(connection).await?;
            let details = query::months_before(connection, now, config.keep_details_months).await?;
            let records = query::months_before(connection, now, config.keep_records_months).await?;
            Ok((all, details, records))
        })
        .await?;
    let mut partitions = Vec::with_capacity(all.len());
    for one in &all {
        let (mut rows, mut pending) = (Some(0), 0);
        for range in partition::ranges(one, &all) {
            let found = session
                .run(async |connection| query::count(connection, &one.parent, range).await)
                .await;
            rows = match found {
                Ok(found) => rows.map(|rows| rows + found),
                Err(AuditCommandError::TooSlow(_)) => None,
                Err(error) => return Err(error),
            };
            if one.parent == "audit_log" {
                pending += session
                    .run(async |connection| query::pending(connection, range).await)
                    .await?;
            }
        }
        let cutoff = if one.parent == "audit_log" {
            records_cutoff
        } else {
            details_cutoff
        };
        partitions.push(Counted {
            partition: one.clone(),
            rows,
            pending,
            is_past: one.end.is_some_and(|end| end <= cutoff),
        });
    }
    Ok(partitions)
}

fn print_for_people(console: &Console, config: AuditConfig, partitions: &[Counted]) {
    let mut grid = Grid::new(&[
        ("partition", Align::Left),
        ("month (UTC)", Align::Left),
        ("rows", Align::Right),
        ("size", Align::Right),
        ("not in the log", Align::Right),
        ("retention", Align::Left),
    ]);
    for counted in partitions {
        let Counted { partition, rows, .. } = counted;
        grid.row(vec![
            partition.name.clone(),
            partition.month().unwrap_or_else(|| "all others".to_owned()),
            rows.map_or_else(
                || format!("about {}", partition.estimate),
                |rows| rows.to_string(),
            ),
            Size(partition.size).to_string(),
            if partition.parent == "audit_log" {
                counted.pending.to_string()
            } else {
                "-".to_owned()
            },
            if counted.is_past { "past" } else { "" }.to_owned(),
        ]);
    }
    console.print_text(&grid);
    console.print("");
    console.print_wrapped(
        "",
        "",
        &format!(
            "By the settings that this command reads, details are kept for {} months (audit.keep_details_months) and records for \
             {} (audit.keep_records_months) after the end of their month. hemera-api audit retain drops what is past.",
            config.keep_details_months, config.keep_records_months
        ),
    );
}

fn as_json(counted: &Counted) -> Value {
    let Counted { partition, .. } = counted;
    json!({
        "name": partition.name,
        "table": partition.parent,
        "month": partition.month(),
        "begin": partition.begin.map(Timestamp::from),
        "end": partition.end.map(Timestamp::from),
        "rows": counted.rows,
        "estimatedRows": partition.estimate,
        "bytes": partition.size,
        "notInTheLog": (partition.parent == "audit_log").then_some(counted.pending),
        "pastRetention": counted.is_past,
    })
}
