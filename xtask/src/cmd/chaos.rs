//! `cargo xtask chaos`: fault scenarios against release builds.

use std::process::Command;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::Verdict;
use crate::build::build_release;
use crate::guard::Guard;
use crate::postgres;
use crate::redis;
use crate::workspace::{Workspace, root};

/// Break what surrounds the server, and see whether it keeps its promises.
///
/// Release builds of the real server, a PostgreSQL of each scenario's own, a Redis and a local Clerk, driven from outside
/// through the client that Aither links. Prints a table (calls, failures, the longest call, audit rows missing and double,
/// time to recover) and below it every promise with what was seen; figures are those of this machine.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo xtask chaos                          all scenarios, some ten minutes
  cargo xtask chaos --short                  the same in short, two minutes; part of `cargo xtask e2e --all`
  cargo xtask chaos swallowed locked-row     these two
  cargo xtask chaos flood --json | jq .broken

Exit codes: 0 every promise was kept · 1 one was broken, and is named · 3 none was broken, and a scenario could not be run.
docs/operations.md says what each scenario proves.")]
pub(crate) struct Chaos {
    /// The scenarios to run [default: all]
    #[arg(value_enum, value_name = "SCENARIO")]
    scenarios: Vec<Scenario>,
    /// Shorter deadlines of the server, fewer rounds
    #[arg(long)]
    short: bool,
    /// One JSON document on standard output
    #[arg(long)]
    json: bool,
    /// Install what is missing (packages only; no service is started)
    #[arg(long)]
    install: bool,
}

/// A fault scenario. `crates/e2e` has each under the same name.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Scenario {
    /// The network swallows what connections to PostgreSQL carry, without a reset; SIGTERM meanwhile
    Swallowed,
    /// Another login holds a row's lock: twenty writers, others beside them, writes that were given up
    LockedRow,
    /// A backend of PostgreSQL is stopped, once an idle one and once a busy one
    StoppedBackend,
    /// One of two servers is killed, and one is asked to end, under load
    RestartServer,
    /// PostgreSQL is restarted with 10 and with 30 open connections
    RestartPostgres,
    /// PostgreSQL's disk is full, for its data and its log (needs Linux and root)
    DiskFull,
    /// The Redis of two servers is killed, stopped and emptied
    RedisGone,
    /// Clerk cuts connections, answers nothing, or answers 500
    ClerkGone,
    /// 5,000 requests a second, or what the machine gives, of one user, of fifty, of unproven callers
    Flood,
    /// Half-open and slow connections, readers that do not read, garbage, requests hidden in one another
    HostileSockets,
    /// 100,000 requests with a kill, a SIGTERM and a restart in the middle; then an auditor checks the log
    AuditTrail,
}

impl Chaos {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let bin = postgres::programs(guard, self.install)?;
        let redis = redis::require(guard, self.install)?;
        build_release(guard, &["hemera-api", "clerk-emulator"])?;
        build_release(guard, &["e2e"])?;
        let workspace = Workspace::load(guard)?;
        let folder = postgres::folder_for_servers(guard, "hemera-chaos-")?;
        let names = self.scenarios.iter().filter_map(ValueEnum::to_possible_value);
        let mut command = Command::new(workspace.release_binary("e2e"));
        command
            .current_dir(root())
            .arg("chaos")
            .args(names.map(|name| name.get_name().to_owned()))
            .args(self.short.then_some("--short"))
            .args(self.json.then_some("--json"))
            .env("TMPDIR", &folder)
            .env("HEMERA_POSTGRES_BIN", bin)
            .env("HEMERA_API_BIN", workspace.release_binary("hemera-api"))
            .env("CLERK_EMULATOR_BIN", workspace.release_binary("clerk-emulator"));
        redis.show_to(&mut command)?;
        let status = guard.run(&mut command)?;
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(code.map_or(Verdict::Bad, Verdict::Code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scenario_is_a_file_of_the_crate_that_runs_it() {
        let folder = root().join("crates/e2e/src/chaos/scenario");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| entry.unwrap().path().file_stem()?.to_str().map(str::to_owned))
            .filter(|stem| stem != "mod")
            .collect();
        files.sort();
        let mut names: Vec<String> = Scenario::value_variants()
            .iter()
            .map(|scenario| scenario.to_possible_value().unwrap().get_name().replace('-', "_"))
            .collect();
        names.sort();
        assert_eq!(names, files);
    }
}
