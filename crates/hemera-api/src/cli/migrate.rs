//! `hemera-api migrate`.

use std::process::ExitCode;

use freshness::SystemClock;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::Failure;
use crate::admin::database_roles::{self, RoleNames};
use crate::admin::migrate;
use crate::app::telemetry;
use crate::config::{Inputs, load_migration};

pub(super) async fn run(inputs: &Inputs, roles: Option<&RoleNames>) -> Result<ExitCode, Failure> {
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
    if let Some(names) = roles {
        let report = database_roles::grant(&url, names).await?;
        println!(
            "{}: rights granted to {}, {} and {}; {} roles made now, {} things handed over to the owner",
            url.shown(),
            names.server(),
            names.auditor(),
            names.owner(),
            report.created.len(),
            report.handed_over
        );
    }
    Ok(ExitCode::SUCCESS)
}
