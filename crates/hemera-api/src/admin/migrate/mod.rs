//! Brings the schema up to date, or says how it stands. An operator runs it; `serve` never does.

mod apply;
mod dry_run;
mod history;
mod query;
mod status;

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use freshness::{Clock, SystemClock};

pub use self::apply::{MigrationReport, migrate, migrate_within};
use crate::admin::database_roles::{self, RoleNames};
use crate::admin::{Console, Failure};
use crate::config::DatabaseUrl;
use crate::database::MigrationLimits;

pub(crate) const HELP: &str = "\
Examples:
  hemera-api migrate --status            which migrations are applied, pending, changed or unknown
  hemera-api migrate --dry-run --roles   what the next line would do; it changes nothing
  hemera-api migrate --roles             every upgrade, before the first new server starts
  hemera-api migrate --status --json | jq .pending
Servers go on meanwhile. A step that does not get its locks in time lets them pass, and is tried again.
Exit codes: 0 done; 1 failed, with one line that says why, or rights remain that this login cannot revoke; 2 wrong arguments.
With --status: 0 nothing is pending (also where the schema is newer than this binary); 1 migrations are pending, or one was
changed or not completed; 2 wrong arguments; 3 the schema could not be read. With --dry-run: as without.";

#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
pub(crate) struct MigrateArguments {
    /// Create the roles `hemera_server`, `hemera_auditor` and `hemera_owner` too, and grant each what it needs
    ///
    /// These roles cannot log in: create logins, and make each a member of one role. After the first time, give
    /// this option every time: a newer server may need rights that an older one did not.
    #[arg(long)]
    roles: bool,
    /// Begin the roles' names with this, if one cluster of databases holds Hemera more than once
    #[arg(long, value_name = "PREFIX", requires = "roles", default_value = RoleNames::DEFAULT_PREFIX)]
    role_prefix: RoleNames,
    /// Print what would be done, and change nothing
    ///
    /// The migrations and partitions are read, and not tried. With `--roles`, the rights are granted in a transaction that is
    /// rolled back, and compared with those before.
    #[arg(long, group = "look")]
    dry_run: bool,
    /// Print which migrations are applied and when, pending, unknown to this binary, or changed since
    #[arg(long, group = "look", conflicts_with = "roles")]
    status: bool,
    /// Print JSON, with `--status` or `--dry-run`
    #[arg(long, requires = "look")]
    json: bool,
    /// The longest that a statement waits for a lock: others wait behind it
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = lock_timeout)]
    lock_timeout: Duration,
    /// How often a step is tried that does not get its locks, each time after a pause
    #[arg(long, value_name = "NUMBER", default_value_t = MigrationLimits::default().attempts, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    lock_attempts: u32,
    /// The longest that a statement runs
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = statement_timeout)]
    statement_timeout: Duration,
}

impl MigrateArguments {
    /// Whether it was asked how the schema stands, and nothing else.
    pub(crate) fn is_status(&self) -> bool {
        self.status
    }

    fn limits(&self) -> MigrationLimits {
        MigrationLimits {
            lock: self.lock_timeout,
            attempts: self.lock_attempts,
            statement: self.statement_timeout,
        }
    }
}

fn lock_timeout(text: &str) -> Result<Duration, String> {
    duration_within(text, Duration::from_millis(10), Duration::from_mins(10))
}

fn statement_timeout(text: &str) -> Result<Duration, String> {
    duration_within(text, Duration::from_millis(100), Duration::from_hours(48))
}

fn duration_within(text: &str, least: Duration, most: Duration) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if (least..=most).contains(&duration) {
        Ok(duration)
    } else {
        Err(format!(
            "must be {} to {}",
            humantime::format_duration(least),
            humantime::format_duration(most)
        ))
    }
}

/// `hemera-api migrate`.
pub(crate) async fn run(
    url: &DatabaseUrl,
    console: &Console,
    arguments: &MigrateArguments,
) -> Result<ExitCode, Failure> {
    let roles = arguments.roles.then_some(&arguments.role_prefix);
    if arguments.status {
        return Ok(status::run(url, console, arguments.json).await?);
    }
    let limits = arguments.limits();
    if arguments.dry_run {
        let now = SystemClock.now().wall;
        return dry_run::run(url, console, now, roles, limits, arguments.json).await;
    }
    apply(url, console, roles, limits).await
}

/// Brings the schema up to date, then makes the roles where they are asked for.
async fn apply(
    url: &DatabaseUrl,
    console: &Console,
    roles: Option<&RoleNames>,
    limits: MigrationLimits,
) -> Result<ExitCode, Failure> {
    let report = migrate_within(url, &SystemClock, limits, |migration| {
        console.print(format_args!(
            "applied {} {}",
            migration.version, migration.description
        ));
    })
    .await?;
    console.print(format_args!(
        "{}: {} of {} migrations applied now; {} partitions of the audit log made now, of {} that there are",
        url.shown(),
        report.applied,
        report.known,
        report.partitions_made,
        report.partitions
    ));
    if let Some(names) = roles {
        let report = database_roles::grant_within(url, names, limits).await?;
        console.print(format_args!(
            "{}: rights granted to {}, {} and {}; {} roles created; {} objects now belong to {}",
            url.shown(),
            names.server(),
            names.auditor(),
            names.owner(),
            report.created.len(),
            report.handed_over,
            names.owner()
        ));
    }
    Ok(ExitCode::SUCCESS)
}
