//! A PgBouncer in front of a server, with the settings of docs/poolers.md.

use std::fmt::{self, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::Signal;

use crate::guard::Guard;
use crate::postgres::run_unprivileged;
use crate::postgres::url::DatabaseUrl;
use crate::process::{capture, each_line};

/// How long it may take to listen.
const READY: Duration = Duration::from_secs(20);

/// How it gives sessions to connections.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mode {
    Session,
    /// Without keeping track of prepared statements.
    Transaction,
    /// In transaction mode, keeping track.
    Tracking,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Session => "session mode",
            Self::Transaction => "transaction mode without max_prepared_statements",
            Self::Tracking => "transaction mode with max_prepared_statements",
        })
    }
}

/// Major and minor version.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Version(u32, u32);

impl Version {
    pub(super) fn of(guard: &Guard, program: &Path) -> Result<Self> {
        let answer = capture(guard, Command::new(program).arg("--version"))?;
        Self::parse(&answer.stdout).with_context(|| format!("{} does not say its version", program.display()))
    }

    /// Reads `PgBouncer 1.18.0` on the first line.
    fn parse(said: &str) -> Option<Self> {
        let mut numbers = said
            .lines()
            .next()?
            .strip_prefix("PgBouncer ")?
            .split('.')
            .map(str::parse);
        Some(Self(numbers.next()?.ok()?, numbers.next()?.ok()?))
    }

    pub(super) fn tracks_statements(self) -> bool {
        self >= Self(1, 21)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// One that listens, until the task ends.
#[derive(Debug)]
pub(super) struct PgBouncer {
    port: u16,
}

impl PgBouncer {
    pub(super) fn start(
        guard: &Guard,
        program: &Path,
        mode: Mode,
        version: Version,
        login: &DatabaseUrl,
    ) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut command = Command::new(program);
        let folder = run_unprivileged(guard, &mut command)?;
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let (user, password) = (
            login.user().unwrap_or_default(),
            login.password().unwrap_or_default(),
        );
        let users = folder.join("users.txt");
        write_private(
            &folder,
            &users,
            &format!("{} {}\n", quoted(user), quoted(&password)),
        )?;
        let settings = folder.join("pgbouncer.ini");
        write_private(
            &folder,
            &settings,
            &configuration(port, mode, version, login, &users)?,
        )?;
        let mut child = guard.spawn(
            command
                .arg(&settings)
                .stdout(Stdio::null())
                .stderr(Stdio::piped()),
            Signal::SIGINT,
        )?;
        let (send, said) = std::sync::mpsc::channel();
        if let Some(log) = child.stderr.take() {
            each_line(log, move |line| {
                // Once it listens, no more is read.
                let _ = send.send(line);
            });
        }
        std::thread::spawn(move || child.wait());
        let mut log = String::new();
        while let Ok(line) = said.recv_timeout(READY) {
            if line.contains("process up") {
                return Ok(Self { port });
            }
            let _ = writeln!(log, "{line}");
        }
        bail!("PgBouncer did not start:\n{log}")
    }

    /// The login's database, by way of this.
    pub(super) fn url(&self, login: &DatabaseUrl) -> DatabaseUrl {
        let password = login.password().unwrap_or_default();
        let place = format!("127.0.0.1:{}", self.port);
        DatabaseUrl::at(
            &place,
            login.user().unwrap_or_default(),
            &password,
            login.database(),
        )
    }
}

/// Readable for the owner of the folder alone, who reads it as the program.
fn write_private(folder: &Path, file: &Path, content: &str) -> Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

    std::fs::write(file, content)?;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))?;
    let owner = folder.metadata()?;
    chown(file, Some(owner.uid()), Some(owner.gid()))
        .context("a setting of PgBouncer's cannot be handed over")
}

fn configuration(
    port: u16,
    mode: Mode,
    version: Version,
    login: &DatabaseUrl,
    users: &Path,
) -> Result<String> {
    let (host, server_port) = login.place().rsplit_once(':').unwrap_or((login.place(), "5432"));
    let pool_mode = if mode == Mode::Session {
        "session"
    } else {
        "transaction"
    };
    let mut text = format!(
        "[databases]\n* = host={host} port={server_port}\n\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
         unix_socket_dir =\nauth_type = plain\nauth_file = {}\npool_mode = {pool_mode}\ndefault_pool_size = 30\n\
         ignore_startup_parameters = extra_float_digits, options\n",
        users.display()
    );
    if version.tracks_statements() {
        let most = if mode == Mode::Tracking { 200 } else { 0 };
        writeln!(text, "max_prepared_statements = {most}")?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let version = |said| Version::parse(said).unwrap();
        assert!(!version("PgBouncer 1.9.0\nlibevent 2.1").tracks_statements());
        assert!(!version("PgBouncer 1.18.0").tracks_statements());
        assert!(version("PgBouncer 1.21.0").tracks_statements());
        assert_eq!(Version::parse("pgbouncer"), None);
    }
}
