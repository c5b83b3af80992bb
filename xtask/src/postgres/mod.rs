//! Finds a PostgreSQL, or starts one, and says which it took.
//!
//! The order: what `DATABASE_URL` names; `docker compose` where an engine answers; a local installation, run as a
//! private cluster that is thrown away at the end. Where there is none, the line that installs one; where a package manager
//! may not be used, PostgreSQL's programs come from PyPI.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use self::installation::Installation;
use self::psql::Psql;
use self::url::DatabaseUrl;
use crate::guard::Guard;
use crate::install::{self, Need};
use crate::screen::{Mark, Step, say};

mod cluster;
mod compose;
pub(crate) mod database;
mod installation;
mod login;
pub(crate) mod psql;
pub(crate) mod url;

/// A server that answers, and the means to ask it.
#[derive(Debug)]
pub(crate) struct Server {
    /// Its administrative database, with the right to create others.
    pub(crate) url: DatabaseUrl,
    pub(crate) psql: Psql,
    pub(crate) origin: Origin,
}

/// Where a server came from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Origin {
    /// `DATABASE_URL`.
    Given,
    /// A container that ran before and goes on running.
    Running,
    /// Started by this task; it ends with it, and nothing of it is kept.
    Ours,
}

/// Finds or starts a server. With `install`, missing packages are installed (and no service started).
pub(crate) fn find(guard: &Guard, install: bool) -> Result<Server> {
    let step = Step::start("PostgreSQL");
    match choose(guard, &step, install) {
        Ok((server, note)) => {
            step.end(Mark::Good, &note);
            Ok(server)
        }
        Err(error) => {
            step.end(Mark::Bad, "none found");
            Err(error)
        }
    }
}

/// A private cluster of that major version, with programs from npm; `None` where npm has none for this system.
pub(crate) fn of_major(guard: &Guard, major: u32) -> Result<Option<Server>> {
    installation::fetch_major(guard, major)?
        .map(|installation| cluster::start(guard, installation))
        .transpose()
}

/// Lets a program run in a folder of its own, as the user that a private cluster runs as, and gives the folder.
pub(crate) fn run_unprivileged(guard: &Guard, command: &mut Command) -> Result<PathBuf> {
    cluster::unprivileged(guard, command)
}

/// A temporary folder that goes with the task, for one whose programs start servers themselves: whatever these leave in it goes
/// with it, however they end.
pub(crate) fn folder_for_servers(guard: &Guard, prefix: &str) -> Result<PathBuf> {
    let folder = tempfile::Builder::new()
        .prefix(prefix)
        .tempdir()
        .context("no temporary folder can be made")?
        .keep();
    guard.remove_at_end(&folder);
    // PostgreSQL's user has to get through.
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o711))?;
    Ok(folder)
}

/// Finds the folder with the programs of a local installation, for a task that starts servers of its own to break them.
/// With `install`, missing packages are installed (and no service started).
pub(crate) fn programs(guard: &Guard, install: bool) -> Result<PathBuf> {
    let step = Step::start("PostgreSQL's programs");
    match installed(guard, &step, install) {
        Ok(Some(found)) => {
            step.end(Mark::Good, &found.bin.display().to_string());
            Ok(found.bin)
        }
        Ok(None) => {
            step.end(Mark::Bad, "none found");
            bail!(
                "PostgreSQL is not installed here, and one in a container or elsewhere cannot be broken on purpose.\n{}",
                install::hint(&Need::POSTGRES_SERVER)
            )
        }
        Err(error) => {
            step.end(Mark::Bad, "none found");
            Err(error)
        }
    }
}

/// The programs of a local installation, if there is one.
pub(crate) fn local_programs(guard: &Guard) -> Option<PathBuf> {
    installation::find(guard).map(|found| found.bin)
}

fn installed(guard: &Guard, step: &Step, install: bool) -> Result<Option<Installation>> {
    match installation::find(guard) {
        None if install && install::is_possible(guard) => {
            step.aside(|| install::install(guard, &Need::POSTGRES_SERVER))?;
            Ok(installation::find(guard))
        }
        None if install => {
            let fetched = step.aside(|| {
                say(install::NOT_POSSIBLE);
                installation::fetch(guard)
            })?;
            Ok(Some(fetched))
        }
        found => Ok(found),
    }
}

fn choose(guard: &Guard, step: &Step, install: bool) -> Result<(Server, String)> {
    if let Some(text) = std::env::var("DATABASE_URL")
        .ok()
        .filter(|text| !text.trim().is_empty())
    {
        let url = DatabaseUrl::parse(&text).context("DATABASE_URL cannot be read")?;
        let server = Server {
            url,
            psql: client(guard, step, install)?,
            origin: Origin::Given,
        };
        let version = server.version(guard).with_context(|| {
            format!(
                "the PostgreSQL that DATABASE_URL names ({}) does not answer; start it, or unset DATABASE_URL",
                server.url
            )
        })?;
        let note = format!("{version} at {}, from DATABASE_URL", server.url.place());
        return Ok((server, note));
    }
    let why_not_compose = match compose::find(guard) {
        Ok(server) => {
            let version = server.version(guard)?;
            let what = match server.origin {
                Origin::Running => "the running container of docker compose",
                Origin::Given | Origin::Ours => "a container of docker compose that ends with this command",
            };
            let note = format!("{version} at {}, {what}", server.url.place());
            return Ok((server, note));
        }
        Err(error) => error,
    };
    let found = installed(guard, step, install)?;
    let Some(found) = found else {
        bail!(
            "no PostgreSQL: DATABASE_URL is not set, docker compose cannot be used ({why_not_compose:#}), and none \
             is installed.\n{}",
            install::hint(&Need::POSTGRES_SERVER)
        );
    };
    let folder = found.bin.display().to_string();
    let server = cluster::start(guard, found)?;
    let version = server.version(guard)?;
    let note = format!(
        "{version} at {}, a private cluster from {folder}",
        server.url.place()
    );
    Ok((server, note))
}

/// The command-line client, for a server that was given to us by its URL alone.
fn client(guard: &Guard, step: &Step, install: bool) -> Result<Psql> {
    if let Some(program) = installation::find_client(guard) {
        return Ok(Psql::Local { program });
    }
    if install && !install::is_possible(guard) {
        let fetched = step.aside(|| {
            say(install::NOT_POSSIBLE);
            installation::fetch(guard)
        })?;
        return Ok(Psql::Local {
            program: fetched.psql,
        });
    }
    if install {
        step.aside(|| install::install(guard, &Need::POSTGRES_CLIENT))?;
        if let Some(program) = installation::find_client(guard) {
            return Ok(Psql::Local { program });
        }
    }
    bail!(
        "DATABASE_URL is set, but psql is missing to use it with.\n{}",
        install::hint(&Need::POSTGRES_CLIENT)
    )
}

impl Server {
    /// Its name and version.
    pub(crate) fn version(&self, guard: &Guard) -> Result<String> {
        let number =
            self.psql
                .ask_within(guard, &self.url, "show server_version", Duration::from_secs(10))?;
        // Debian appends its package's version.
        let number = number.split_whitespace().next().unwrap_or("of unknown version");
        Ok(format!("PostgreSQL {number}"))
    }
}
