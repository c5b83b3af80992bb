//! A running Hemera to check: demo data, a local Clerk, an administrator's token, and limits that are out of the way.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use super::super::emulator::{Emulator, Kind};
use super::Tools;
use crate::build::build;
use crate::cmd::db::{migrate_with_roles, seed};
use crate::guard::Guard;
use crate::postgres::database::Name;
use crate::postgres::{self, Server};
use crate::signals;
use crate::stopwatch::{Stopwatch, pause};
use crate::workspace::root;

/// Who may do everything.
const ADMINISTRATOR: &str = "katharina.vogt@hemera-academy.com";
/// Who reads and writes for Aither.
const SERVICE_USER: &str = "aither-service@hemera-academy.com";
/// A little less than the longest life that Hemera accepts: a whole run with one token.
const LIFETIME: Duration = Duration::from_secs(3_590);
/// Hemera's own default audience.
const TEMPLATE: &str = "hemera-api";
/// How long it may take to be ready.
const READY: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
/// Requests a minute, and in a burst: more than a tool can send.
const NO_LIMIT: &str = "1000000";

/// The processes, and what a caller needs.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) origin: String,
    pub(super) token: String,
    /// Where the server's log goes.
    pub(super) log: PathBuf,
    child: Child,
    emulator: Emulator,
    postgres: Server,
    database: Name,
}

/// Starts it all and waits until it serves.
pub(super) fn start(tools: &Tools<'_>, install: bool) -> Result<Running> {
    let (guard, workspace) = (tools.guard, tools.workspace);
    let postgres = postgres::find(guard, install)?;
    build(guard, &["hemera-api", "clerk-emulator"])?;
    let database = Name::scratch("witness");
    postgres.drop_database(guard, &database)?;
    postgres.create(guard, &database)?;
    migrate_with_roles(guard, workspace, &postgres, &database)?;
    seed(guard, &postgres, &database)?;

    let folder = workspace.target.join("conformance");
    let emulator = Emulator::record(guard, workspace, &folder.join("witness.jsonl"), Kind::Production)?;
    let clerk: Value =
        serde_json::from_str(emulator.ready()).context("the emulator's first line is not JSON")?;
    let log = folder.join("hemera.log");
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let origin = format!("http://127.0.0.1:{port}");
    let mut command = Command::new(workspace.binary("hemera-api"));
    command.arg("serve").current_dir(root());
    // The settings of the caller's environment do not apply here.
    for (name, _) in std::env::vars_os() {
        let other = |name: &str| name.starts_with("CLERK_") || name.starts_with("HEMERA_");
        if name.to_str().is_some_and(other) {
            command.env_remove(name);
        }
    }
    for role in ["API_CLIENT", "ADMIN", "FAILED_AUTH"] {
        command
            .env(format!("HEMERA_LIMITS__{role}_RATE"), NO_LIMIT)
            .env(format!("HEMERA_LIMITS__{role}_BURST"), NO_LIMIT);
    }
    command
        .env(
            "DATABASE_URL",
            postgres.url_of_service(guard, &database)?.expose(),
        )
        .env("CLERK_SECRET_KEY", text(&clerk, "secret_key")?)
        .env("CLERK_API_URL", text(&clerk, "base_url")?)
        .env("CLERK_ISSUER", text(&clerk, "issuer")?)
        .env("HEMERA_HTTP__LISTEN", format!("127.0.0.1:{port}"))
        .stdout(File::create(&log)?)
        .stderr(Stdio::from(File::options().append(true).open(&log)?));
    let child = guard.spawn(&mut command, Signal::SIGTERM)?;
    let mut running = Running {
        origin,
        token: token(&text(&clerk, "base_url")?)?,
        log,
        child,
        emulator,
        postgres,
        database,
    };
    running.await_ready()?;
    Ok(running)
}

impl Running {
    fn await_ready(&mut self) -> Result<()> {
        let (watch, ready) = (Stopwatch::start(), format!("{}/readyz", self.origin));
        while !minreq::get(&ready)
            .with_timeout(2)
            .send()
            .is_ok_and(|answer| answer.status_code == 200)
        {
            signals::park_if_interrupted();
            if self.child.try_wait()?.is_some() || watch.elapsed() > READY {
                bail!("hemera-api does not serve: {} says why", self.log.display());
            }
            pause(BETWEEN_LOOKS);
        }
        Ok(())
    }

    /// The settings of a client that signs in as the service user.
    pub(super) fn client_settings(&self) -> Result<[(&'static str, String); 5]> {
        let clerk: Value = serde_json::from_str(self.emulator.ready())?;
        Ok([
            ("HEMERA_API_BASE_URL", self.origin.clone()),
            ("CLERK_SECRET_KEY", text(&clerk, "secret_key")?),
            ("CLERK_API_URL", text(&clerk, "base_url")?),
            ("CLERK_ISSUER", text(&clerk, "issuer")?),
            ("CLERK_SERVICE_USER_EMAIL", SERVICE_USER.to_owned()),
        ])
    }

    /// Ends the processes and drops the database.
    pub(super) fn stop(mut self, guard: &Guard) -> Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).context("a process id is out of range")?);
        // This fails only if it has ended already.
        let _ = kill(pid, Signal::SIGTERM);
        guard.wait(&mut self.child)?;
        self.emulator.stop(guard)?;
        self.postgres.drop_database(guard, &self.database)?;
        // With the roles that were made for it.
        self.postgres.sweep(guard)
    }
}

/// A token of the administrator, as long-lived as Hemera takes one. Clerk's API mints none of that length from the
/// seed's template: it comes from the emulator's own controls.
fn token(clerk: &str) -> Result<String> {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed()?;
    let forgery = json!({
        "base": "template",
        "user": ADMINISTRATOR,
        "template": TEMPLATE,
        "claims": { "exp": (now + LIFETIME).as_secs() },
    });
    let answer = minreq::post(format!("{clerk}/__emulator/forge"))
        .with_header("Content-Type", "application/json")
        .with_body(forgery.to_string())
        .with_timeout(10)
        .send()
        .context("the emulator makes no token")?;
    text(&serde_json::from_slice(answer.as_bytes())?, "jwt")
}

fn text(value: &Value, name: &str) -> Result<String> {
    let text = value[name].as_str().map(str::to_owned);
    text.with_context(|| format!("the emulator's answer has no `{name}`"))
}
