//! `hemera-api migrate`.

use std::process::ExitCode;

use freshness::SystemClock;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::Failure;
use crate::config::{Inputs, load_migration};
use crate::{migrate, telemetry};

pub(super) async fn run(inputs: &Inputs) -> Result<ExitCode, Failure> {
    let (url, log) = load_migration(inputs)?;
    telemetry::subscriber(&log, std::io::stderr).try_init()?;
    let report = migrate::migrate(&url, &SystemClock).await?;
    println!(
        "{}: {} of {} migrations applied now, {} partitions of the audit log made",
        url.shown(),
        report.applied,
        report.known,
        report.partitions
    );
    Ok(ExitCode::SUCCESS)
}
