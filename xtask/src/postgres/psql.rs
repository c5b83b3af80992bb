//! SQL by PostgreSQL's own client: xtask links no driver.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::url::DatabaseUrl;
use crate::guard::Guard;
use crate::process::{Captured, capture_within, feed};

/// `psql`, on this machine or in the container.
#[derive(Debug)]
pub(crate) enum Psql {
    Local {
        program: PathBuf,
    },
    /// The command line of `docker compose … exec`, up to the program.
    Compose {
        exec: Vec<String>,
    },
}

/// Longest that a statement of ours may take: creating a database copies files.
const STATEMENT: Duration = Duration::from_mins(1);

impl Psql {
    /// Runs statements and returns their rows, a line each.
    pub(crate) fn ask(&self, guard: &Guard, url: &DatabaseUrl, sql: &str) -> Result<String> {
        self.ask_within(guard, url, sql, STATEMENT)
    }

    /// Like [`Psql::ask`], for a server that may not answer.
    pub(crate) fn ask_within(
        &self,
        guard: &Guard,
        url: &DatabaseUrl,
        sql: &str,
        at_most: Duration,
    ) -> Result<String> {
        let answer = capture_within(guard, self.command(url).args(["--command", sql]), at_most)?;
        checked(&answer, url)
    }

    /// Runs a file of statements, all or none.
    pub(crate) fn run_file(&self, guard: &Guard, url: &DatabaseUrl, file: &Path) -> Result<()> {
        let sql = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
        // Through the pipe: the container does not see our files.
        self.feed(guard, url, &sql)
            .with_context(|| format!("{} failed", file.display()))
    }

    /// Runs statements, all or none, that the machine's other users must not see on a command line.
    pub(crate) fn feed(&self, guard: &Guard, url: &DatabaseUrl, sql: &[u8]) -> Result<()> {
        let mut command = self.command(url);
        command.args(["--single-transaction", "--file", "-"]);
        checked(&feed(guard, &mut command, sql)?, url)?;
        Ok(())
    }

    fn command(&self, url: &DatabaseUrl) -> Command {
        let mut command = match self {
            Self::Local { program } => {
                let mut command = Command::new(program);
                command.arg("--dbname").arg(url.without_password());
                if let Some(password) = url.password() {
                    command.env("PGPASSWORD", password);
                }
                command
            }
            // Inside the container the local socket asks for no password.
            Self::Compose { exec } => {
                let mut command = Command::new("docker");
                command.args(exec).arg("psql");
                command.args([
                    "--username",
                    url.user().unwrap_or("postgres"),
                    "--dbname",
                    url.database(),
                ]);
                command
            }
        };
        command
            .args([
                "--no-psqlrc",
                "--no-password",
                "--quiet",
                "--no-align",
                "--tuples-only",
            ])
            .args(["--set", "ON_ERROR_STOP=1"])
            .env("PGCONNECT_TIMEOUT", "5")
            .env("PGOPTIONS", "-c client_min_messages=warning");
        command
    }
}

fn checked(answer: &Captured, url: &DatabaseUrl) -> Result<String> {
    if !answer.status.success() {
        bail!("PostgreSQL at {url} refused:\n{}", answer.stderr.trim_end());
    }
    Ok(answer.stdout.trim_end().to_owned())
}
