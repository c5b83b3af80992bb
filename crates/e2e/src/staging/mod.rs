//! The same flow with a real development instance of Clerk: server and PostgreSQL run here, tokens come from there.

mod site;
mod steps;
mod target;
mod users;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use freshness::{Clock, SystemClock};
use url::Url;

use crate::checklist::Checklist;
use crate::stack::{self, Programs};

pub(crate) use self::steps::walk;
pub(crate) use self::target::Target;

/// Walk the flow with a real development instance of Clerk.
///
/// A PostgreSQL and a server on this machine, and the instance of the two keys. It makes two users of its own there
/// (`aither-staging-…+clerk_test@example.com` and `someone-staging-…`), sets the first up with `hemera-api clerk setup`, and removes
/// both at the end. The JWT template `hemera-api` is made or corrected, and removed only where it was not there before. The
/// instance needs the Native API (Clerk's dashboard, Native applications).
#[derive(Debug, Args)]
pub(crate) struct Staging {
    /// The instance's secret key, `sk_test_…`; a live key is refused
    #[arg(long, env = "STAGING_CLERK_SECRET_KEY", hide_env_values = true)]
    secret_key: String,
    /// The instance's publishable key, `pk_test_…`
    #[arg(long, env = "STAGING_CLERK_PUBLISHABLE_KEY")]
    publishable_key: String,
    /// One JSON document at the end, for machines
    #[arg(long)]
    json: bool,
    /// The PostgreSQL server to use; a database `hemera_e2e_…` is made there and removed
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<Url>,
}

impl Staging {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let target = Target::of_keys(&self.secret_key, &self.publishable_key)?;
        let began = SystemClock.now();
        let programs = Programs {
            hemera_api: stack::program("HEMERA_API_BIN")?,
            clerk_emulator: stack::program("CLERK_EMULATOR_BIN")?,
            database_server: self.database_url.context("DATABASE_URL is not set")?,
        };
        let mut checklist = Checklist::new(self.json);
        Box::pin(walk(&programs, target, &mut checklist)).await?;
        Ok(if checklist.finish(SystemClock.now().since(began))? {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
