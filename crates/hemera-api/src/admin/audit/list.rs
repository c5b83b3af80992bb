//! `hemera-api audit list`: records that pass a filter, newest first.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use freshness::Clock;

use super::error::AuditCommandError;
use super::follow;
use super::line::{HEADER, LineForm};
use super::period::{Period, PeriodArguments};
use super::position::Position;
use super::records::StoredRecord;
use super::records::filter::RecordFilter;
use super::records::query::{self, PAGE};
use super::session::Session;
use crate::admin::Console;
use crate::config::DatabaseUrl;

/// How many records people see where they name no number.
const FOR_PEOPLE: usize = 100;

#[derive(Args, Debug)]
pub(crate) struct ListRecords {
    #[command(flatten)]
    period: PeriodArguments,
    #[command(flatten)]
    filter: RecordFilter,
    /// Print at most so many records, 0 for all. Without it: 100 of the table, all with --json or --follow
    #[arg(long, value_name = "NUMBER")]
    limit: Option<usize>,
    /// Print one JSON object a line, with all columns and the details
    #[arg(long)]
    json: bool,
    /// Print records in the order of the transparency log, each with its epoch and leaf, and wait for more
    #[arg(long, conflicts_with_all = ["since", "until"])]
    follow: bool,
    /// With --follow, begin behind this leaf: the last that was printed, or 0:0. Without it: at the end of the log
    #[arg(long, value_name = "EPOCH:LEAF", requires = "follow")]
    after: Option<Position>,
    /// With --follow, how often to look for more
    #[arg(long, value_name = "SPAN", requires = "follow", default_value = "1s", value_parser = poll_interval)]
    poll: Duration,
}

fn poll_interval(text: &str) -> Result<Duration, &'static str> {
    let allowed = Duration::from_millis(100)..=Duration::from_hours(1);
    match humantime::parse_duration(text) {
        Ok(span) if allowed.contains(&span) => Ok(span),
        _ => Err("must be a span from 100ms to 1h"),
    }
}

pub(super) async fn run(
    arguments: &ListRecords,
    console: &Console,
    clock: &dyn Clock,
    url: &DatabaseUrl,
) -> Result<ExitCode, AuditCommandError> {
    let form = if arguments.json {
        LineForm::Json
    } else {
        LineForm::Table
    };
    let limit = match (arguments.limit, form) {
        (Some(0), _) | (None, LineForm::Json) => None,
        (None, LineForm::Table) if arguments.follow => None,
        (None, LineForm::Table) => Some(FOR_PEOPLE),
        (limit, _) => limit,
    };
    if arguments.follow {
        let wanted = follow::Wanted {
            filter: &arguments.filter,
            after: arguments.after,
            poll: arguments.poll,
            limit,
            form,
        };
        return follow::run(&wanted, console, url).await;
    }
    let period = arguments.period.resolved(clock)?;
    let mut session = Session::to_read(url, "audit list").await?;
    let printed = print(&mut session, console, period, &arguments.filter, limit, form).await?;
    session.close().await;
    if form == LineForm::Table {
        conclude(
            console,
            period,
            printed,
            arguments.limit.is_none().then_some(FOR_PEOPLE),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the records, and returns how many.
async fn print(
    session: &mut Session,
    console: &Console,
    period: Period,
    filter: &RecordFilter,
    limit: Option<usize>,
    form: LineForm,
) -> Result<usize, AuditCommandError> {
    let (mut printed, mut after) = (0, None);
    while console.is_read() {
        let size = limit.map_or(PAGE, |limit| PAGE.min(limit - printed));
        if size == 0 {
            break;
        }
        let page = session
            .run(async |connection| {
                let keys = query::newest_first(connection, period, filter, after, size).await?;
                query::read(connection, &keys).await
            })
            .await?;
        let mut text = String::new();
        if printed == 0 && !page.is_empty() && form == LineForm::Table {
            text = format!("{HEADER}\n");
        }
        for record in &page {
            form.append(&mut text, record, None);
        }
        console.print_text(text);
        printed += page.len();
        after = page.last().map(StoredRecord::key);
        if page.len() < size {
            break;
        }
    }
    Ok(printed)
}

/// Says what the table does not: that it is empty, or cut short.
fn conclude(console: &Console, period: Period, printed: usize, cut_at: Option<usize>) {
    if printed == 0 {
        console.note(format_args!("no such record from {period}"));
    } else if cut_at == Some(printed) {
        console.note(format_args!(
            "the newest {printed} from {period}; --limit 0 prints all, --since and --until choose others"
        ));
    }
}
