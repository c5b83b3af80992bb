//! `hemera-api migrate`.

use std::process::ExitCode;

use tracing_subscriber::util::SubscriberInitExt as _;

use crate::admin::migrate::{self, MigrateArguments};
use crate::admin::{Console, Failure};
use crate::app::telemetry;
use crate::config::{Inputs, load_migration};

/// The exit code of `migrate --status` where the schema could not be read.
const UNREADABLE: u8 = 3;

pub(super) async fn run(
    inputs: &Inputs,
    console: &Console,
    arguments: &MigrateArguments,
) -> Result<ExitCode, Failure> {
    match migrate(inputs, console, arguments).await {
        // Exit code 1 says that migrations are pending.
        Err(failure) if arguments.is_status() => {
            console.note(format_args!("error: {failure}"));
            Ok(ExitCode::from(UNREADABLE))
        }
        done => done,
    }
}

async fn migrate(
    inputs: &Inputs,
    console: &Console,
    arguments: &MigrateArguments,
) -> Result<ExitCode, Failure> {
    let (url, log) = load_migration(inputs)?;
    telemetry::subscriber(&log, std::io::stderr).try_init()?;
    migrate::run(&url, console, arguments).await
}
