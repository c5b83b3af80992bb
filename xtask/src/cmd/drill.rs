//! `cargo xtask drill`: the runbooks, performed against a stack of its own.

use std::process::Command;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::Verdict;
use crate::build::build;
use crate::guard::Guard;
use crate::postgres;
use crate::workspace::{Workspace, root};

/// Perform the runbooks of `hemera-api drill` against a stack of its own, with bounds of a second or so.
///
/// Starts a PostgreSQL database, a local Clerk and a server whose bounds are short, runs each drill, and prints its table:
/// every promised bound beside the time that was measured.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo xtask drill                          all of them, half a minute
  cargo xtask drill leaked-token clerk-down  these two
  cargo xtask drill --json | jq .[].promises

Exit codes: 0 every promise was kept · 1 one was missed · 3 a drill could not be run to its end.
docs/drills.md says which drill when; `hemera-api drill` runs one against an instance of yours.")]
pub(crate) struct DrillTask {
    /// The drills to run [default: all]
    #[arg(value_enum, value_name = "NAME", conflicts_with = "all")]
    names: Vec<Name>,
    /// Every drill, as without a name
    #[arg(long)]
    all: bool,
    /// One JSON document on standard output
    #[arg(long)]
    json: bool,
    /// Install what is missing (packages only; no service is started)
    #[arg(long)]
    install: bool,
}

/// A drill. `hemera-api drill` has each under the same name.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Name {
    /// A token of Aither's has leaked: shut the service user out, investigate, let it in again
    LeakedToken,
    /// The secret key of Clerk has leaked: another takes its place, and no call fails
    LeakedSecret,
    /// Clerk does not answer
    ClerkDown,
    /// A signing key of Clerk has leaked: rotate it
    KeyRotation,
    /// Back to the service key, and forward again, on two plans of Clerk's
    RollbackToKey,
}

impl DrillTask {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let server = postgres::find(guard, self.install)?;
        server.sweep(guard)?;
        build(guard, &["hemera-api", "clerk-emulator"])?;
        build(guard, &["e2e"])?;
        let workspace = Workspace::load(guard)?;
        let names = self.names.iter().filter_map(ValueEnum::to_possible_value);
        let mut command = Command::new(workspace.binary("e2e"));
        command
            .current_dir(root())
            .arg("drill")
            .args(names.map(|name| name.get_name().to_owned()))
            .args(self.json.then_some("--json"))
            .env("DATABASE_URL", server.url.expose())
            .env("HEMERA_API_BIN", workspace.binary("hemera-api"))
            .env("CLERK_EMULATOR_BIN", workspace.binary("clerk-emulator"));
        let status = guard.run(&mut command)?;
        if status.success() {
            server.sweep(guard)?;
        }
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(code.map_or(Verdict::Bad, Verdict::Code))
    }
}
