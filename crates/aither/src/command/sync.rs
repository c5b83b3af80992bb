//! `aither sync`.

use std::path::PathBuf;
use std::time::Duration;

use aither_client::HemeraClient;
use aither_client::hemera_types::Timestamp;
use aither_flows::sync::{Scope, Sync, SyncError, SyncReport};
use clap::Args;
use serde::Serialize;

use crate::console::text::counted;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limit::Limit;
use crate::time_text::{minutes, parse_interval};

#[derive(Debug, Args)]
pub(crate) struct SyncArguments {
    /// The directory; it is made if it is missing
    #[arg(value_name = "DIRECTORY")]
    directory: PathBuf,
    /// Only the next course: of the published ones that start from now on, the first
    #[arg(long)]
    next: bool,
    /// Keep names and pictures of participants out of the directory
    #[arg(long)]
    pseudonymous: bool,
    /// How often every course is compared, which finds new names, cancelled bookings and deleted courses; 0s is every time
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = parse_interval)]
    full_pass_every: Duration,
    /// Go on until Ctrl-C, and look for changes every minute or as --every says
    #[arg(long)]
    watch: bool,
    /// With --watch: the time from one look to the next
    #[arg(long, value_name = "DURATION", requires = "watch", default_value = "1m", value_parser = parse_interval)]
    every: Duration,
}

/// The result for programs; with `--watch` one for each look.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Synced<'a> {
    at: Timestamp,
    #[serde(flatten)]
    report: &'a SyncReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<Limit>,
}

pub(crate) async fn run(context: &Context, arguments: &SyncArguments) -> Result<Exit, Failure> {
    let outcome = context
        .with_client("synchronizing", async |client| {
            if arguments.watch {
                watch(context, arguments, client).await
            } else {
                look(context, arguments, client).await
            }
        })
        .await;
    match outcome {
        // This is how a watch ends, and the directory is as the last look has left it.
        Err(failure) if arguments.watch && failure.is_interruption() => Ok(Exit::Done),
        outcome => outcome,
    }
}

/// Looks for changes until it is interrupted, or no program reads the reports any more. A look that fails for a while is
/// followed by the next.
async fn watch(context: &Context, arguments: &SyncArguments, client: &HemeraClient) -> Result<Exit, Failure> {
    loop {
        match look(context, arguments, client).await {
            Err(failure) if failure.exit() == Exit::Unreachable => context.show(&failure),
            outcome => {
                outcome?;
            }
        }
        if !context.console.is_read() {
            return Ok(Exit::Done);
        }
        tokio::time::sleep(arguments.every).await;
    }
}

async fn look(context: &Context, arguments: &SyncArguments, client: &HemeraClient) -> Result<Exit, Failure> {
    let scope = if arguments.next {
        Scope::NextCourse
    } else {
        Scope::Changed
    };
    let report = Sync::new(client.clone(), &arguments.directory)
        .with_scope(scope)
        .pseudonymous(arguments.pseudonymous)
        .with_full_pass_every(arguments.full_pass_every)
        .with_progress(context.observer(client))
        .run()
        .await?;
    let at = Timestamp::from(context.clock.now().wall);
    let synced = Synced {
        at,
        report: &report,
        rate_limit: context.limit(client),
    };
    context.print(&synced, || line(at, &report))?;
    Ok(Exit::Done)
}

fn line(at: Timestamp, report: &SyncReport) -> String {
    let changed = if report.is_unchanged() {
        "nothing has changed".to_owned()
    } else {
        format!(
            "{} changed, {} removed, {} written, {} repaired",
            counted(report.changed.len() as u64, "course"),
            report.removed.len(),
            counted(report.files_written, "file"),
            report.repaired
        )
    };
    format!(
        "{}  {changed}; {} here; {}{}\n",
        minutes(Some(at)),
        counted(report.courses, "course"),
        counted(report.requests, "request"),
        if report.is_full_pass { ", a full pass" } else { "" }
    )
}

impl From<SyncError> for Failure {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::Hemera(error) => error.into(),
            other => Self::new(Exit::Failed, other.to_string()),
        }
    }
}
