//! PostgreSQL with demo data, a local Clerk and Hemera, side by side.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use super::clerk::{self, LocalClerk};
use super::service::{Ended, Services};
use crate::build::build;
use crate::cmd::db::{migrate_with_roles, seed};
use crate::guard::Guard;
use crate::postgres::Server;
use crate::postgres::database::Name;
use crate::signals;
use crate::stopwatch::{Stopwatch, pause};
use crate::workspace::{Workspace, root};

/// How long a service may take to answer after its start.
const READY: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// The ports that are wanted; where one is taken, a free one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    pub(crate) hemera: u16,
    pub(crate) clerk: u16,
}

/// All of it, running.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) clerk: LocalClerk,
    /// The origin of Hemera.
    pub(crate) hemera: String,
    pub(crate) services: Services,
}

impl Stack {
    /// Builds and starts it, on the database `hemera_dev`.
    pub(crate) fn start(guard: &Guard, postgres: &Server, ports: Ports) -> Result<Self> {
        build(guard, &["hemera-api", "clerk-emulator"])?;
        let workspace = Workspace::load(guard)?;
        let database = Name::dev();
        postgres.create(guard, &database)?;
        migrate_with_roles(guard, &workspace, postgres, &database)?;
        seed(guard, postgres, &database)?;

        let mut services = Services::new();
        let clerk = start_clerk(guard, &workspace, &mut services, ports.clerk)?;
        let hemera = start_hemera(guard, &workspace, &mut services, ports.hemera, postgres, &clerk)?;
        Ok(Self {
            clerk,
            hemera,
            services,
        })
    }
}

fn start_clerk(
    guard: &Guard,
    workspace: &Workspace,
    services: &mut Services,
    port: u16,
) -> Result<LocalClerk> {
    let address = free(port)?;
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
    guard: &Guard,
    workspace: &Workspace,
    services: &mut Services,
    port: u16,
    postgres: &Server,
    clerk: &LocalClerk,
) -> Result<String> {
    let address = free(port)?;
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
