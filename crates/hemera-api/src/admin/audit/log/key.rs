//! `hemera-api audit key new` and `audit key show`.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use transparency_log::SigningKey;

use crate::admin::{Console, Failure};
use crate::evidence::epoch_origin;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditKeyCommand {
    /// Make a key, write it to a file that only you can read, and print its verifier key
    ///
    /// The file is for `HEMERA_AUDIT__KEY_FILE` of all servers of the database. The verifier key is no secret: give it to
    /// everyone who checks the log, and keep it outside the database.
    New {
        /// The file; it must not be there yet
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        of: KeyOf,
    },
    /// Print the verifier key of a key file
    Show {
        /// The file
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        of: KeyOf,
    },
}

/// The name that the verifier key has.
#[derive(Args, Debug)]
pub(crate) struct KeyOf {
    /// The name of the log, as in `HEMERA_AUDIT__ORIGIN`
    #[arg(long, default_value = "hemera/audit")]
    origin: String,
    /// The epoch of the log that the verifier key is for
    #[arg(long, default_value = "1")]
    epoch: i32,
}

pub(crate) fn run(command: &AuditKeyCommand, console: &Console) -> Result<ExitCode, Failure> {
    let (key, of) = match command {
        AuditKeyCommand::New { file, of } => (new(file, &of.origin)?, of),
        AuditKeyCommand::Show { file, of } => {
            let shown = file.display();
            let text = std::fs::read_to_string(file).map_err(|error| {
                format!(
                    "{shown} cannot be read ({}): name the file of a key",
                    error.kind()
                )
            })?;
            let key = SigningKey::parse(&text).map_err(|error| format!("{shown}: {error}"))?;
            (key, of)
        }
    };
    console.print(key.verifier(&epoch_origin(&of.origin, of.epoch))?.as_str());
    Ok(ExitCode::SUCCESS)
}

fn new(file: &PathBuf, origin: &str) -> Result<SigningKey, Failure> {
    let key = SigningKey::generate(origin)?;
    let shown = file.display();
    let mut made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => {
                format!("{shown} is there already, and a key is never overwritten: name another file")
            }
            kind => format!("{shown} cannot be made ({kind}): name a file in a folder that you may write to"),
        })?;
    let text = key.secret_text();
    made.write_all(text.as_bytes())
        .and_then(|()| made.write_all(b"\n"))
        .and_then(|()| made.sync_all())
        .map_err(|error| {
            format!(
                "{shown} cannot be written ({}): remove it and try again",
                error.kind()
            )
        })?;
    Ok(key)
}
