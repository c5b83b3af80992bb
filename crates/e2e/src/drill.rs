//! `e2e drill`: drills against a stack of its own, one after the other.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

use crate::drills::{Drills, NAMES};
use crate::stack::{self, Programs};

const MISSED: i32 = 1;
const NOT_RUN: u8 = 3;

/// Runs drills with bounds of a second or so, and prints what they print.
///
/// Exit code 0: every promise was kept. 1: one was missed. 3: a drill could not be run to its end.
#[derive(Args, Clone, Debug)]
pub(crate) struct Drill {
    /// The drills to run [default: all]
    #[arg(value_parser = NAMES)]
    names: Vec<String>,
    /// One JSON document at the end, for machines
    #[arg(long)]
    json: bool,
    /// The PostgreSQL server to use
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Url,
}

impl Drill {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let programs = Programs {
            hemera_api: stack::program("HEMERA_API_BIN")?,
            clerk_emulator: stack::program("CLERK_EMULATOR_BIN")?,
            database_server: self.database_url.clone(),
        };
        // Asked to end, the stack is dropped, and what it started ends with it.
        let (mut interrupted, mut terminated) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::select! {
            code = self.run_all(&programs) => code,
            _ = interrupted.recv() => anyhow::bail!("interrupted"),
            _ = terminated.recv() => anyhow::bail!("asked to end"),
        }
    }

    async fn run_all(&self, programs: &Programs) -> anyhow::Result<ExitCode> {
        let drills = Drills::start(programs).await?;
        let mut reports = Vec::new();
        let mut codes = Vec::new();
        for name in NAMES {
            if !self.names.is_empty() && !self.names.iter().any(|wanted| wanted == name) {
                continue;
            }
            let ran = drills
                .run(name, if self.json { &["--json"] } else { &[] }, &[])
                .await?;
            if self.json {
                let report: Value = serde_json::from_str(&ran.printed).with_context(|| {
                    format!("the drill {name} printed no JSON: {}{}", ran.printed, ran.said)
                })?;
                reports.push(report);
            } else {
                print!("{}", ran.printed);
            }
            eprint!("{}", ran.said);
            codes.push(ran.code);
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&reports)?);
        }
        drills.stack.stop().await?;
        Ok(if codes.contains(&Some(MISSED)) {
            ExitCode::FAILURE
        } else if codes.iter().any(|code| *code != Some(0)) {
            ExitCode::from(NOT_RUN)
        } else {
            ExitCode::SUCCESS
        })
    }
}
