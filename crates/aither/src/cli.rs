//! The command line: it parses, reads the settings, starts the log and the runtime, and hands over to the command.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use aither_client::freshness::SystemClock;
use clap::{ArgAction, Args, CommandFactory as _, Parser, Subcommand};

use crate::command::completions::{self, CompletionsArguments};
use crate::command::course::{self, CourseArguments};
use crate::command::courses::{self, CoursesArguments};
use crate::command::participation::{self, ParticipationArguments};
use crate::command::recording::{self, RecordingArguments};
use crate::command::result::{self, ResultArguments};
use crate::command::results::{self, ResultsArguments};
use crate::command::serve::{self, ServeArguments};
use crate::command::slides::{self, SlidesArguments};
use crate::command::smoke::{self, SmokeArguments};
use crate::command::sync::{self, SyncArguments};
use crate::command::token::{self, TokenArguments};
use crate::command::{doctor, logout, settings};
use crate::console::Console;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::{
    AFTER_HELP, RESULT_EXAMPLES, SERVE_EXAMPLES, SMOKE_EXAMPLES, SYNC_EXAMPLES, TOKEN_EXAMPLES,
};
use crate::log;
use crate::settings::Settings;

/// Courses, participations and results of Hemera, for Aither's people and scripts.
#[derive(Debug, Parser)]
#[command(name = "aither", version, about, after_help = AFTER_HELP, max_term_width = 110)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Global {
    /// Print the result as one line of JSON, and a failure as one line of JSON on standard error
    #[arg(long, global = true)]
    json: bool,
    /// Read settings from this file instead of .env in the current directory; those of the environment win
    #[arg(long, global = true, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// How long one call of Hemera may take, with all its attempts and waits
    #[arg(long, global = true, value_name = "DURATION", default_value = "30s", value_parser = parse_timeout)]
    timeout: Duration,
    /// Say on standard error what is done; twice: in all details, but never a secret
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check everything between the settings and a response of Hemera
    ///
    /// Each fault is shown with what to do about it. Changes nothing.
    Doctor,
    /// Show every setting, and where its value comes from; never the value
    Settings,
    /// Try the promises of a deployed Hemera, one by one, and stop at the first that is broken
    ///
    /// The answers to a caller without a credential and with forged ones, the service user's reads, and what surrounds them: TLS,
    /// limit, request id, audit record. Reads only, unless --write names a participation. The forged tokens make Hemera's
    /// alert `HemeraForgedTokens` fire, which proves that alerts arrive.
    #[command(after_help = SMOKE_EXAMPLES)]
    Smoke(SmokeArguments),
    /// List courses
    Courses(CoursesArguments),
    /// Show a course and who has booked it
    Course(CourseArguments),
    /// Show a participation with its result
    Participation(ParticipationArguments),
    /// Write the result of a participation
    ///
    /// Sets what is named and nothing else. Giving the same command twice has the same effect as once.
    #[command(after_help = RESULT_EXAMPLES)]
    Result(ResultArguments),
    /// Write the results of many participations
    Results(ResultsArguments),
    /// Keep a directory of JSON files up to date with courses, participants and materials
    ///
    /// Writes only what has changed, each file as a whole; a run that is interrupted is continued by the next.
    #[command(after_help = SYNC_EXAMPLES)]
    Sync(SyncArguments),
    /// Show all that a deck of slides needs; with --json also the HTML of the materials
    Slides(SlidesArguments),
    /// Find the course that a recording belongs to: the one that ran when it was made
    Recording(RecordingArguments),
    /// Open a door to Hemera for programs in any language on this host, until Ctrl-C or SIGTERM
    ///
    /// They call it instead of Hemera and send the door's key as X-API-Key; the credential of the settings stays behind the
    /// door. Without --listen, --socket and their settings it is open on 127.0.0.1:4100.
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArguments),
    /// Show the claims, the age and the expiry of a token
    #[command(after_help = TOKEN_EXAMPLES)]
    Token(TokenArguments),
    /// End the session at Clerk that is kept between calls
    ///
    /// The next call signs in again. With other sources of tokens than `ticket` there is nothing to end.
    Logout,
    /// Print a script that completes this command in a shell
    Completions(CompletionsArguments),
}

fn parse_timeout(text: &str) -> Result<Duration, String> {
    let timeout = humantime::parse_duration(text).map_err(|error| format!("{error}; write it like 30s"))?;
    if timeout.is_zero() || timeout > Duration::from_hours(1) {
        return Err("must be more than nothing and at most 1h".to_owned());
    }
    Ok(timeout)
}

/// Runs the command line and returns the process's exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let console = Arc::new(Console::of_process());
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // Also where the arguments are wrong, and so cannot be parsed.
    let is_json = arguments.iter().any(|argument| argument == "--json");
    let exit = match Cli::try_parse_from(arguments) {
        Ok(cli) => run_command(cli, &console).unwrap_or_else(|failure| {
            failure.show(&console, is_json);
            failure.exit()
        }),
        Err(error) if error.use_stderr() && is_json => {
            Failure::from(error).show(&console, is_json);
            Exit::Usage
        }
        Err(error) => {
            // Help and version come this way too; clap chooses the stream.
            console.printed(error.print());
            if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            }
        }
    };
    match console.finish() {
        Ok(()) => exit.into(),
        Err(error) => {
            console.note(format_args!(
                "error: the command has run, but its output could not be written ({}): let it write elsewhere",
                error.kind()
            ));
            Exit::Failed.into()
        }
    }
}

fn run_command(cli: Cli, console: &Arc<Console>) -> Result<Exit, Failure> {
    log::start(console, cli.global.verbose);
    if let Command::Completions(arguments) = &cli.command {
        return Ok(completions::run(console, arguments, Cli::command())?);
    }
    let mut settings = Settings::load(cli.global.env_file.as_deref())?;
    if let Command::Smoke(arguments) = &cli.command
        && let Some(base_url) = arguments.base_url()
    {
        settings.set("HEMERA_API_BASE_URL", base_url);
    }
    let context = Context {
        console: Arc::clone(console),
        settings,
        is_json: cli.global.json,
        timeout: cli.global.timeout,
        clock: Arc::new(SystemClock),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let exit = runtime.block_on(run_with(&context, cli.command));
    // A blocked thread, such as one that waits for a lock, must not keep an interrupted command.
    runtime.shutdown_background();
    exit
}

async fn run_with(context: &Context, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Doctor => doctor::run(context).await,
        Command::Settings => Ok(settings::run(context)?),
        Command::Smoke(arguments) => smoke::run(context, &arguments).await,
        Command::Courses(arguments) => courses::run(context, &arguments).await,
        Command::Course(arguments) => course::run(context, &arguments).await,
        Command::Participation(arguments) => participation::run(context, &arguments).await,
        Command::Result(arguments) => result::run(context, &arguments).await,
        Command::Results(arguments) => results::run(context, &arguments).await,
        Command::Sync(arguments) => sync::run(context, &arguments).await,
        Command::Slides(arguments) => slides::run(context, &arguments).await,
        Command::Recording(arguments) => recording::run(context, &arguments).await,
        Command::Serve(arguments) => serve::run(context, &arguments).await,
        Command::Token(arguments) => token::run(context, &arguments).await,
        Command::Logout => logout::run(context).await,
        Command::Completions(arguments) => {
            Ok(completions::run(&context.console, &arguments, Cli::command())?)
        }
    }
}
