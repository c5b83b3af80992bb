//! `cargo xtask smoke`: the promises of a deployed Hemera, tried from this checkout.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::build::build;
use crate::guard::Guard;
use crate::workspace::Workspace;

/// Try the promises of a deployed Hemera: builds `aither` and passes everything on to its `smoke`.
///
/// It takes the settings of Aither from the environment or from `.env` in the current directory, and reads only, unless
/// `--write PARTICIPATION` is given. Its exit code is that of `aither smoke`: 0 all that was tried is kept · 1 a promise is
/// broken · 2 wrong arguments · 3 no token · 4 not reachable. Where it does not build: 3.
#[derive(Args, Debug)]
#[command(disable_help_flag = true)]
pub(crate) struct Smoke {
    /// Passed on as they are: `--help` lists what there is
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    rest: Vec<OsString>,
}

impl Smoke {
    /// Becomes that program. Returns only where that fails.
    pub(crate) fn run(&self, guard: &Guard) -> Result<std::convert::Infallible> {
        build(guard, &["aither"])?;
        let workspace = Workspace::load(guard)?;
        guard.finish();
        let binary = workspace.binary("aither");
        let error = Command::new(&binary).arg("smoke").args(&self.rest).exec();
        Err(error).with_context(|| format!("{} could not be started", binary.display()))
    }
}
