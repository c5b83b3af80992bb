//! Rules and dashboard against the running programs: a real Prometheus scrapes them and evaluates everything.

mod dashboard;
mod exposition;
mod names;
mod prometheus;
mod promql;
mod row;
mod running;
mod traffic;

use std::process::ExitCode;

use clap::Args;
use url::Url;

use self::row::Row;
use self::running::Running;
use crate::stack::{self, Programs};

/// Runs the stack under a Prometheus with the project's rules, and prints what does not hold as JSON.
///
/// Exit code 0: all of it holds. 1: something does not, or it could not be run.
#[derive(Args, Clone, Debug)]
pub(crate) struct Monitoring {
    /// The PostgreSQL server to use; a database `hemera_e2e_…` is made there and removed
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Url,
}

impl Monitoring {
    /// Runs it. On standard output there is one JSON document: a row for each check.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let programs = Programs {
            hemera_api: stack::program("HEMERA_API_BIN")?,
            clerk_emulator: stack::program("CLERK_EMULATOR_BIN")?,
            database_server: self.database_url,
        };
        let watching = prometheus::PrometheusPrograms {
            prometheus: stack::program("PROMETHEUS_BIN")?,
            promtool: stack::program("PROMTOOL_BIN")?,
        };
        let rows = Box::pin(Running::walk(&programs, &watching)).await?;
        println!("{}", serde_json::to_string_pretty(&rows)?);
        Ok(if rows.iter().all(Row::is_good) {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
