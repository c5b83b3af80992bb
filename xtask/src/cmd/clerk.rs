//! `cargo xtask clerk`: the operator's commands for Clerk, built and passed on.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::build::build;
use crate::guard::Guard;
use crate::workspace::Workspace;

/// Set up the service user at Clerk and look after it: builds hemera-api and passes everything on to its `clerk`.
///
/// Beside `cargo xtask dev`, take the settings that it prints.
#[derive(Args, Debug)]
#[command(disable_help_flag = true)]
pub(crate) struct Clerk {
    /// Passed on as they are: `--help` lists what there is
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    rest: Vec<OsString>,
}

impl Clerk {
    /// Becomes that program, which has questions to ask: a child of the guard has no standard input. Returns only
    /// where that fails.
    pub(crate) fn run(&self, guard: &Guard) -> Result<std::convert::Infallible> {
        build(guard, &["hemera-api"])?;
        let workspace = Workspace::load(guard)?;
        guard.finish();
        let binary = workspace.binary("hemera-api");
        let error = Command::new(&binary).arg("clerk").args(&self.rest).exec();
        Err(error).with_context(|| format!("{} could not be started", binary.display()))
    }
}
