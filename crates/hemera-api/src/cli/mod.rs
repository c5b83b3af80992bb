//! The command line: it parses, starts the log and the runtime, and hands over to the command.

mod check_config;
mod migrate;
mod openapi;
mod serve;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use freshness::SystemClock;

use crate::admin::audit::AuditCommand;
use crate::admin::audit::report::{self, ReportArguments};
use crate::admin::clerk::{ClerkCommand, Options};
use crate::admin::migrate::{HELP as MIGRATE_HELP, MigrateArguments};
use crate::admin::service_key::list::ListKeys;
use crate::admin::service_key::new::NewKey;
use crate::admin::{Console, Failure, audit, clerk, healthcheck, list_config, service_key};
use crate::config::{Inputs, load_service_keys};
use crate::drill::{self, DrillCommand};
use crate::version::VERSION_AND_COMMIT;

/// The Hemera service API: courses, participations and their results, for machines.
#[derive(Debug, Parser)]
#[command(version = VERSION_AND_COMMIT, about, after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Settings come from the environment, then from --env-file, then from hemera.toml, then from defaults. serve needs at least:
  DATABASE_URL=postgres://user:password@host/database
  CLERK_SECRET_KEY=sk_live_…
  CLERK_PUBLISHABLE_KEY=pk_live_…   (or CLERK_ISSUER=https://clerk.example.com)
Every setting: hemera-api config list. A first run:
  hemera-api config check && hemera-api migrate --roles && hemera-api serve

Exit codes:
  0  done
  1  failed, or something was found that should not be; a line on standard error says what to do
  2  wrong arguments
  3  a drill could not be run";

const REPORT_EXAMPLES: &str = "\
Examples:
  hemera-api report --since 24h
  hemera-api report --since 24h --metrics-url http://10.0.0.5:9464/metrics --markdown > first-day.md
Exit codes: 0 done, also where a server's metrics could not be read: the page says so; 1 failed, with one line that says why;
2 wrong arguments.";

#[derive(Debug, Args)]
struct Global {
    /// Read settings from this file instead of hemera.toml in the working folder
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Read environment variables from this file, such as .env, too; those of the environment itself win
    #[arg(long, global = true, value_name = "FILE")]
    env_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer requests until SIGTERM or SIGINT; a second signal stops immediately
    ///
    /// Prints `listening on http://ADDRESS` (or `https://`) when it does. Never changes the database's schema: run `migrate` first.
    /// Exits with 0 when every request was answered, with 1 when it could not start or requests were cut off.
    Serve,
    /// Bring the database's schema up to date, and make the audit log's partitions of the coming months
    ///
    /// Uses `HEMERA_DATABASE__ADMIN_URL` if it is set, else `DATABASE_URL`. May be run at any time, and any number of
    /// times.
    #[command(after_help = MIGRATE_HELP)]
    Migrate(MigrateArguments),
    /// Print the description of the API, an OpenAPI document
    ///
    /// A running server returns the same document at `/openapi.json`. Needs neither settings nor a database.
    Openapi,
    /// Make and list service keys
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Read the audit trail: who did what, whose data were seen, and what is kept
    ///
    /// Uses the login in `DATABASE_URL`; an auditor's is enough, where nothing else is said.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Print a period in one page: calls, latency, refusals, limits, tokens, security events, alerts, the audit trail's state
    ///
    /// Reads the audit trail with the login in `DATABASE_URL`, an auditor's is enough, and the metrics of running servers where
    /// they are known. `--since 24h --markdown` is the page of the first day, to file away. All times are UTC.
    #[command(after_help = REPORT_EXAMPLES)]
    Report(ReportArguments),
    /// Look at the configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Set up the service user and its token template at Clerk, and maintain them
    ///
    /// Needs the settings of Clerk only: `CLERK_SECRET_KEY`, and `CLERK_ISSUER` or `CLERK_PUBLISHABLE_KEY`.
    Clerk {
        #[command(flatten)]
        options: Options,
        #[command(subcommand)]
        command: ClerkCommand,
    },
    /// Perform a runbook against an instance, and print each promised bound beside the time that was measured
    ///
    /// Works on the local Clerk of the settings, and on a real one only with --confirm. Uses the settings of `clerk` and
    /// `audit`: the bounds are theirs, so give it those of the server. It leaves the instance as it found it, also on Ctrl-C.
    #[command(after_help = drill::AFTER_HELP)]
    Drill {
        #[command(subcommand)]
        command: DrillCommand,
    },
    /// Ask a running server whether it is ready, for a container's health check
    ///
    /// Calls the address in the settings, and exits with 0 if the server is ready, else with 1.
    Healthcheck {
        /// Call this server instead, for example `http://127.0.0.1:8080`
        #[arg(long, value_name = "ORIGIN")]
        url: Option<url::Url>,
        /// How long the server may take to answer. It knows within a second whether its database answers
        #[arg(long, value_name = "DURATION", default_value = "3s", value_parser = healthcheck::parse_timeout)]
        timeout: Duration,
    },
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Make a key, and print it once with the settings of the server
    ///
    /// A service key is used when Clerk cannot be. The server's settings hold only its hash. To rotate, add a second key
    /// under another name, hand it over, then remove the first one.
    New(NewKey),
    /// List the service keys of the settings, and those that were used, with their last use
    ///
    /// Reads the audit log with the login in `DATABASE_URL`. A server's login or an auditor's is enough.
    List(ListKeys),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print every setting: its name, type, default and meaning, and whether it is secret
    List(list_config::Form),
    /// Report every fault of the configuration at once, or show where each setting comes from
    Check {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command line and returns the process's exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let console = Console::of_process();
    let code = match Cli::try_parse_from(arguments) {
        Ok(cli) => run_command(cli, &console).unwrap_or_else(|failure| {
            console.note(format_args!("error: {failure}"));
            ExitCode::FAILURE
        }),
        Err(error) => {
            // Help and version come this way too; clap chooses the stream and the exit code.
            console.printed(error.print());
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
    };
    match console.finish() {
        Ok(()) => code,
        Err(error) => {
            console.note(format_args!(
                "error: the command has run, but its output could not be written ({}): let it write elsewhere",
                error.kind()
            ));
            ExitCode::FAILURE
        }
    }
}

fn run_command(cli: Cli, console: &Console) -> Result<ExitCode, Failure> {
    let inputs = Inputs::of_process(cli.global.config, cli.global.env_file);
    match cli.command {
        Command::Config {
            command: ConfigCommand::List(form),
        } => Ok(list_config::run(&form, console)),
        Command::Config {
            command: ConfigCommand::Check { json },
        } => Ok(check_config::run(&inputs, console, json)),
        Command::Key {
            command: KeyCommand::New(arguments),
        } => service_key::new::run(&arguments, console),
        Command::Key {
            command: KeyCommand::List(arguments),
        } => {
            let (database, keys) = load_service_keys(&inputs)?;
            block_on(service_key::list::run(&arguments, console, &database, &keys))
        }
        Command::Audit { command } => block_on(audit::run(&inputs, console, &SystemClock, &command)),
        Command::Report(arguments) => block_on(report::run(&inputs, console, &SystemClock, &arguments)),
        Command::Openapi => Ok(openapi::run(console)),
        Command::Serve => block_on(serve::run(&inputs, console)),
        Command::Migrate(arguments) => block_on(migrate::run(&inputs, console, &arguments)),
        Command::Clerk { options, command } => block_on(clerk::run(&inputs, console, options, command)),
        Command::Drill { command } => block_on(async { Ok(drill::run(&inputs, console, command).await) }),
        Command::Healthcheck { url, timeout } => block_on(healthcheck::run(&inputs, console, url, timeout)),
    }
}

fn block_on(command: impl Future<Output = Result<ExitCode, Failure>>) -> Result<ExitCode, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(command)
}
