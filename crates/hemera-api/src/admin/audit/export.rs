//! `hemera-api audit export`: all records of a period, for an archive or another tool.

use std::process::ExitCode;

use clap::Args;
use freshness::Clock;

use super::error::AuditCommandError;
use super::line::LineForm;
use super::period::PeriodArguments;
use super::records::StoredRecord;
use super::records::query::{self, PAGE};
use super::session::Session;
use crate::admin::Console;
use crate::config::DatabaseUrl;

#[derive(Args, Debug)]
pub(crate) struct ExportRecords {
    #[command(flatten)]
    period: PeriodArguments,
}

pub(super) async fn run(
    arguments: &ExportRecords,
    console: &Console,
    clock: &dyn Clock,
    url: &DatabaseUrl,
) -> Result<ExitCode, AuditCommandError> {
    let period = arguments.period.resolved(clock)?;
    let mut session = Session::to_read(url, "audit export").await?;
    let (mut exported, mut after) = (0, None);
    while console.is_read() {
        let page = session
            .run(async |connection| {
                let keys = query::oldest_first(connection, period, after, PAGE).await?;
                query::read(connection, &keys).await
            })
            .await?;
        let mut text = String::new();
        for record in &page {
            LineForm::Json.append(&mut text, record, None);
        }
        console.print_text(text);
        exported += page.len();
        after = page.last().map(StoredRecord::key);
        if page.len() < PAGE {
            break;
        }
    }
    session.close().await;
    console.note(format_args!("{exported} records from {period}"));
    Ok(ExitCode::SUCCESS)
}
