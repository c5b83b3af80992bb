//! `hemera-api drill …`: performs a runbook against an instance, and holds what was measured against each promised bound.
//!
//! One file a drill. Each works on a [`Stage`], notes what it changes before it changes it, and adds promises to the report;
//! whatever becomes of it, what was changed is given back in the end.

mod clerk_down;
mod clerk_key;
mod emulator;
mod interrupt;
mod key_rotation;
mod leaked_secret;
mod leaked_token;
mod person;
mod promise;
mod report;
mod restore;
mod rollback_to_key;
mod secret_file;
mod server;
mod stage;
mod steps;
mod undo;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use url::Url;

use self::interrupt::Interrupt;
use self::report::{DrillEnd, DrillReport};
use self::restore::RestoreTarget;
use self::stage::Stage;
use crate::admin::{Console, Failure, clerk};
use crate::config::{Inputs, load_secrets};

/// The help of every drill ends with it.
pub(crate) const AFTER_HELP: &str = "\
Examples:
  hemera-api drill leaked-token --server http://127.0.0.1:8080
  hemera-api drill clerk-down --server https://staging.example.com --confirm ins_2abc --json
Exit codes: 0 every promise was kept; 1 one was missed; 2 wrong arguments; 3 it could not be run to its end, or \
something could not be given back, which is named with a command.
docs/drills.md says which drill when, and what it changes.";

/// What every drill at Clerk and a server needs.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Target {
    /// The server, as its callers reach it, for example `https://hemera.example.com`
    #[arg(long, value_name = "ORIGIN")]
    server: Url,
    /// The id of the real instance of Clerk (`ins_…`) that this may be done at; a local Clerk needs none
    #[arg(long, value_name = "INSTANCE")]
    confirm: Option<String>,
    /// How long a step is waited for that only a person can do
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = humantime::parse_duration)]
    patience: Duration,
    #[command(flatten)]
    clerk: clerk::Options,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DrillCommand {
    /// A token of Aither's has leaked: shut the service user out, see what was done with the token, let the user in again
    ///
    /// Ends the service user's sessions: an Aither that is enrolled needs a new enrolment afterwards.
    LeakedToken(Target),
    /// `CLERK_SECRET_KEY` has leaked: another key takes its place in the server's file, and no call fails
    ///
    /// Run it on the server's host, with its `CLERK_SECRET_KEY_FILE`. At a real Clerk a person adds and deletes the keys, and the new
    /// one stays.
    LeakedSecret(Target),
    /// Clerk does not answer: known callers are served on, then refused, and served again when Clerk is back
    ClerkDown(Target),
    /// A signing key of Clerk has leaked: rotate it, and see until when the old one is trusted
    ///
    /// The new key stays: a rotation cannot be taken back.
    KeyRotation(Target),
    /// Back to the service key, and forward again: on both plans of Clerk's, where the local one plays a production instance
    ///
    /// Run it on the server's host, with its `HEMERA_SERVICE_KEYS_FILE`. A key of an hour's life is put there and taken out again.
    RollbackToKey(Target),
    /// The database was restored to a moment: begin a new epoch of the audit trail, and see the server go on in it
    ///
    /// Works on a database that lost leaves, by a checkpoint that was kept outside, and on no other.
    Restore(RestoreTarget),
}

impl DrillCommand {
    fn name(&self) -> &'static str {
        match self {
            Self::LeakedToken(_) => "leaked-token",
            Self::LeakedSecret(_) => "leaked-secret",
            Self::ClerkDown(_) => "clerk-down",
            Self::KeyRotation(_) => "key-rotation",
            Self::RollbackToKey(_) => "rollback-to-key",
            Self::Restore(_) => "restore",
        }
    }

    fn json(&self) -> bool {
        match self {
            Self::LeakedToken(target)
            | Self::LeakedSecret(target)
            | Self::ClerkDown(target)
            | Self::KeyRotation(target)
            | Self::RollbackToKey(target) => target.clerk.prints_json(),
            Self::Restore(target) => target.json,
        }
    }
}

/// Which drill, apart from where.
#[derive(Clone, Copy, Debug)]
enum Drill {
    LeakedToken,
    LeakedSecret,
    ClerkDown,
    KeyRotation,
    RollbackToKey,
}

/// Runs a drill, and returns its exit code.
pub(crate) async fn run(inputs: &Inputs, console: &Console, command: DrillCommand) -> ExitCode {
    let report = DrillReport::new(console, command.json(), command.name());
    let (drill, target) = match command {
        DrillCommand::Restore(target) => return restored(inputs, &target, report).await,
        DrillCommand::LeakedToken(target) => (Drill::LeakedToken, target),
        DrillCommand::LeakedSecret(target) => (Drill::LeakedSecret, target),
        DrillCommand::RollbackToKey(target) => (Drill::RollbackToKey, target),
        DrillCommand::ClerkDown(target) => (Drill::ClerkDown, target),
        DrillCommand::KeyRotation(target) => (Drill::KeyRotation, target),
    };
    let (ended, left) = match perform(inputs, console, &report, drill, target).await {
        Ok(ended) => ended,
        Err(failure) => (DrillEnd::Failed(failure), Vec::new()),
    };
    report.finish(&ended, &left)
}

/// Runs the drill at a restored database, which has nothing to give back.
async fn restored(inputs: &Inputs, target: &RestoreTarget, report: DrillReport<'_>) -> ExitCode {
    let ended = match Interrupt::listen() {
        Ok(mut interrupt) => tokio::select! {
            biased;
            () = interrupt.next() => DrillEnd::Interrupted,
            outcome = Box::pin(restore::run(inputs, &report, target)) => {
                outcome.map_or_else(DrillEnd::Failed, |()| DrillEnd::Completed)
            }
        },
        Err(error) => DrillEnd::Failed(error.into()),
    };
    report.finish(&ended, &[])
}

/// Runs it until its end or a signal, and then gives back what was changed.
async fn perform(
    inputs: &Inputs,
    console: &Console,
    report: &DrillReport<'_>,
    drill: Drill,
    target: Target,
) -> Result<(DrillEnd, Vec<undo::Left>), Failure> {
    let mut interrupt = Interrupt::listen()?;
    let stage = tokio::select! {
        biased;
        () = interrupt.next() => return Ok((DrillEnd::Interrupted, Vec::new())),
        stage = Stage::open(inputs, console, report, target) => stage?,
    };
    let ended = tokio::select! {
        biased;
        () = interrupt.next() => DrillEnd::Interrupted,
        outcome = walk(&stage, inputs, drill) => match outcome {
            Ok(()) => DrillEnd::Completed,
            Err(failure) => DrillEnd::Failed(failure),
        },
    };
    let left = stage.undos.give_back(stage.changed_at(), &mut interrupt).await;
    Ok((ended, left))
}

async fn walk(stage: &Stage<'_>, inputs: &Inputs, drill: Drill) -> Result<(), Failure> {
    match drill {
        Drill::LeakedToken => Box::pin(leaked_token::run(stage, inputs)).await,
        Drill::LeakedSecret => {
            let (secrets, file) = load_secrets(inputs)?;
            Box::pin(leaked_secret::run(stage, inputs, secrets.interval, file)).await
        }
        Drill::RollbackToKey => {
            let (secrets, _) = load_secrets(inputs)?;
            Box::pin(rollback_to_key::run(stage, inputs, &secrets)).await
        }
        Drill::ClerkDown => Box::pin(clerk_down::run(stage)).await,
        Drill::KeyRotation => Box::pin(key_rotation::run(stage)).await,
    }
}
