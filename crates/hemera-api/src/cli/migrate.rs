//! `hemera-api migrate`.

use std::process::ExitCode;

use tracing_subscriber::util::SubscriberInitExt as _;

use crate::admin::database_roles::RoleNames;
use crate::admin::{Console, Failure, migrate};
use crate::app::telemetry;
use crate::config::{Inputs, load_migration};

pub(super) async fn run(
    inputs: &Inputs,
    console: &Console,
    roles: Option<&RoleNames>,
) -> Result<ExitCode, Failure> {
    let (url, log) = load_migration(inputs)?;
    telemetry::subscriber(&log, std::io::stderr).try_init()?;
    migrate::run(&url, console, roles).await
}
