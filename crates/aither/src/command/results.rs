//! `aither results`.

use std::path::PathBuf;

use aither_client::HemeraClient;
use aither_flows::results::{Checked, Format, Import, ImportError, ImportReport};
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::json;

use crate::console::table::{Column, Table};
use crate::console::text::counted;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limit::Limit;

#[derive(Debug, Args)]
pub(crate) struct ResultsArguments {
    #[command(subcommand)]
    command: ResultsCommand,
}

#[derive(Debug, Subcommand)]
enum ResultsCommand {
    /// Write the results of a CSV or NDJSON file
    ///
    /// The whole file is checked first, and nothing is written while it has a fault. What is written is noted in a journal
    /// beside it: after Ctrl-C, a crash or an outage the same command continues, and writes nothing twice.
    #[command(after_help = crate::help::IMPORT_EXAMPLES)]
    Import(ImportArguments),
}

#[derive(Debug, Args)]
struct ImportArguments {
    /// The file; its name ends in .csv, .ndjson or .jsonl
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Its format, whatever its name is
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormatArgument>,
    /// Where the journal is kept; beside the file by default
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Check the file, and write nothing. Asks Hemera nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArgument {
    /// Comma-separated values with a header
    Csv,
    /// A JSON object on each line
    Ndjson,
}

/// The result for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Imported<'a> {
    /// Every result of the file is at Hemera.
    complete: bool,
    report: &'a ImportReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<Limit>,
}

/// The result of `--dry-run` for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tried<'a> {
    written: bool,
    checked: &'a Checked,
}

pub(crate) async fn run(context: &Context, arguments: &ResultsArguments) -> Result<Exit, Failure> {
    let ResultsCommand::Import(arguments) = &arguments.command;
    let import = Import::new(&arguments.file);
    let import = match arguments.format {
        Some(FormatArgument::Csv) => import.with_format(Format::Csv),
        Some(FormatArgument::Ndjson) => import.with_format(Format::Ndjson),
        None => import,
    };
    let import = match &arguments.journal {
        Some(journal) => import.with_journal(journal),
        None => import,
    };
    if arguments.dry_run {
        return check(context, import).await;
    }
    context
        .with_client("importing", async |client| write(context, import, client).await)
        .await
}

async fn check(context: &Context, import: Import) -> Result<Exit, Failure> {
    let checked = context.with_signals("checking rows", import.check()).await?;
    let checked = checked.map_err(|error| failure(context, error))?;
    let tried = Tried {
        written: false,
        checked: &checked,
    };
    context.print(&tried, || {
        let (rows, requests) = (counted(checked.rows, "row"), counted(checked.requests, "request"));
        format!("nothing was written: {rows} without a fault, to be written with {requests}\n")
    })?;
    Ok(Exit::Done)
}

async fn write(context: &Context, import: Import, client: &HemeraClient) -> Result<Exit, Failure> {
    let observed = import.with_progress(context.observer(client));
    let report = observed
        .run(client)
        .await
        .map_err(|error| failure(context, error))?;
    let imported = Imported {
        complete: report.is_complete(),
        report: &report,
        rate_limit: context.limit(client),
    };
    context.print(&imported, || text(&report, context.console.width()))?;
    context.note_limit(client);
    Ok(if report.is_complete() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

fn text(report: &ImportReport, columns: Option<usize>) -> String {
    let mut text = format!(
        "{}: {} updated, {} unchanged, {} written before, {} not written; {}\n",
        counted(report.rows, "row"),
        report.updated,
        report.unchanged,
        report.written_before,
        report.not_written.len(),
        counted(report.requests, "request")
    );
    if !report.is_complete() {
        let mut table = Table::new(&[
            ("ROW", Column::Number),
            ("PARTICIPATION", Column::Whole),
            ("NOT WRITTEN BECAUSE", Column::Text),
            ("WHAT TO DO", Column::Text),
        ]);
        for item in &report.not_written {
            table.row([
                item.row.to_string().as_str(),
                item.participation_id.as_str(),
                &item.reason.to_string(),
                item.reason.advice(),
            ]);
        }
        text.push('\n');
        text.push_str(&table.render(columns));
    }
    text
}

/// A failure of an import. All faults of the file are shown to a person, each on a line; a program finds them in the failure.
fn failure(context: &Context, error: ImportError) -> Failure {
    match error {
        ImportError::Invalid(faults) => {
            if !context.is_json {
                for fault in &faults.faults {
                    context.console.note(fault);
                }
            }
            let count = counted(faults.faults.len() as u64, "fault");
            Failure::new(
                Exit::Failed,
                format!("nothing was written, because the file has {count}"),
            )
            .with_advice("correct them, and give the same command again")
            .with_details(json!(faults))
        }
        ImportError::Interrupted(interrupted) => {
            let (written, rows) = (interrupted.written, interrupted.rows);
            let advice = interrupted.error.advice();
            Failure::from(interrupted.error)
                .with_advice(format!(
                    "{written} of {rows} results are written; {advice}; then give the same command again: it continues"
                ))
                .with_details(json!({ "written": written, "rows": rows }))
        }
        error @ ImportError::UnknownFormat { .. } => {
            Failure::usage(error.to_string(), "--format csv or --format ndjson")
        }
        other => Failure::new(Exit::Failed, other.to_string()),
    }
}
