//! `hemera-api audit …`: the audit trail, as people and other systems read it.

mod credential;
mod error;
mod export;
mod follow;
pub(in crate::admin) mod grid;
mod line;
mod list;
mod log;
mod partitions;
mod period;
mod position;
mod records;
pub(crate) mod report;
mod retain;
mod role;
mod session;
mod size;
mod subject;

pub(crate) use self::credential::{CredentialUses, uses_of_credential};
pub(crate) use self::grid::{Align, Grid};
pub(crate) use self::log::{Known, NewEpoch, SetBack, begin_epoch, check_restored, end_of_log};
pub(crate) use self::role::callers_with_role;

use std::process::ExitCode;

use clap::Subcommand;
use freshness::Clock;

use self::credential::CredentialArguments;
use self::export::ExportRecords;
use self::list::ListRecords;
use self::log::{AuditKeyCommand, Restart, Verify, WriteTiles};
use self::partitions::ListPartitions;
use self::retain::EndRetention;
use self::subject::PersonArguments;
use super::{Console, Failure};
use crate::config::{Inputs, load_audit, load_audit_as_owner, load_database, load_evidence_as_owner};

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Print records, newest first, or follow the log as it grows
    ///
    /// The table has one line a record; --json has every column by its name, those that are null left out, and the details:
    /// whose data were returned, address and user agent. `status` is the HTTP status; the last column says what came of it.
    ///
    /// With --follow the order is that of the transparency log. Each line has its epoch and leaf; a reader that stores the
    /// last one and starts again with --after gets no record twice and misses none. It ends with exit code 0 on Ctrl-C,
    /// SIGTERM, or when the reader closes the pipe.
    #[command(after_help = LIST_EXAMPLES)]
    List(ListRecords),
    /// Print all records of a period with their details, one JSON object a line, oldest first
    ///
    /// The lines are those of `audit list --json`. How many they are is said on standard error.
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(ExportRecords),
    /// Print who has seen or changed the data of a person, when and how often
    ///
    /// Reads the details of records, and says from when on there are any.
    Subject(PersonArguments),
    /// Print everything that was done with one token, session or service key: by whom, from where, with whose data
    ///
    /// Finds a token by its id or by its hash: printf %s "$TOKEN" | sha256sum.
    Credential(CredentialArguments),
    /// Print the months that there are, their sizes, and which are past the time that they are kept
    Partitions(ListPartitions),
    /// Drop months that are past the time that they are kept, each as a whole
    ///
    /// Uses the owner's login: `HEMERA_DATABASE__ADMIN_URL`, else `DATABASE_URL`. Drops details whose month ended
    /// `audit.keep_details_months` ago or earlier, and records whose month ended `audit.keep_records_months` ago or earlier. Each
    /// dropped month is itself a record: operation `audit.retain`, with the partition and the number of its rows.
    ///
    /// A month of records stays while some of them are not in the transparency log.
    #[command(after_help = RETAIN_EXAMPLES)]
    Retain(EndRetention),
    /// Check that the audit records are what the transparency log states, and name what is not
    ///
    /// Reads every record. Exits with 1 if it finds something.
    Verify(Verify),
    /// Write an epoch of the transparency log as files of C2SP tlog-tiles, for a verifier that others have written
    Tiles(WriteTiles),
    /// Make and show the key that signs the checkpoints of the transparency log
    Key {
        #[command(subcommand)]
        command: AuditKeyCommand,
    },
    /// Begin a new epoch of the transparency log: after a restore, a fail-over that lost records, or for a new key
    ///
    /// Needs the owner's login, in `HEMERA_DATABASE__ADMIN_URL` or `DATABASE_URL`, and the key of the servers. What went before
    /// stays, and is checked as before; the new epoch states where it ended, and why.
    Restart(Restart),
}

const LIST_EXAMPLES: &str = "\
Examples:
  hemera-api audit list --since 7d --subject user_2abc
  hemera-api audit list --outcome refused --reason bad_signature
  hemera-api audit list --json --follow --after 1:4711 | your-collector
Exit codes: 0 done, also where nothing was found; 1 failed, with one line that says why; 2 wrong arguments.";

const EXPORT_EXAMPLES: &str = "\
Example:
  hemera-api audit export --since 2026-03-01T00:00:00Z --until 2026-04-01T00:00:00Z > 2026-03.ndjson
Exit codes: 0 done; 1 failed, with one line that says why: the output is not complete; 2 wrong arguments.";

const RETAIN_EXAMPLES: &str = "\
Examples:
  hemera-api audit retain --dry-run
  hemera-api audit retain            # once a month, by a timer
Exit codes: 0 done, also where nothing was past; 1 failed, or a month was kept because its records are not in the log; 2 wrong \
arguments.";

/// Runs a command with the login of the settings.
pub(crate) async fn run(
    inputs: &Inputs,
    console: &Console,
    clock: &dyn Clock,
    command: &AuditCommand,
) -> Result<ExitCode, Failure> {
    let done = match command {
        AuditCommand::List(arguments) => list::run(arguments, console, clock, &load_database(inputs)?).await,
        AuditCommand::Export(arguments) => {
            export::run(arguments, console, clock, &load_database(inputs)?).await
        }
        AuditCommand::Subject(arguments) => {
            subject::run(arguments, console, clock, &load_database(inputs)?).await
        }
        AuditCommand::Credential(arguments) => {
            credential::run(arguments, console, clock, &load_database(inputs)?).await
        }
        AuditCommand::Partitions(arguments) => {
            let (url, config) = load_audit(inputs)?;
            partitions::run(arguments, console, clock, &url, config).await
        }
        AuditCommand::Retain(arguments) => {
            let (url, config) = load_audit_as_owner(inputs)?;
            retain::run(arguments, console, clock, &url, config).await
        }
        AuditCommand::Verify(arguments) => {
            return log::verify::run(arguments, console, &load_database(inputs)?).await;
        }
        AuditCommand::Tiles(arguments) => {
            return log::tiles::run(arguments, console, &load_database(inputs)?).await;
        }
        AuditCommand::Key { command } => return log::key::run(command, console),
        AuditCommand::Restart(arguments) => {
            let (url, config) = load_evidence_as_owner(inputs)?;
            return log::restart::run(arguments, console, &url, &config).await;
        }
    };
    Ok(done?)
}
