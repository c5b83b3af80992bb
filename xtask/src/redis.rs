//! The Redis that tests start for themselves: whether it is installed.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::guard::Guard;
use crate::install::{Need, hint, install};
use crate::programs::on_path;
use crate::screen::{Mark, Step};

const PROGRAM: &str = "redis-server";

/// Folders of packages that need not be on the path. `redis-fixture`, which starts it, looks in the same.
const FOLDERS: [&str; 4] = [
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/opt/homebrew/opt/redis/bin",
];

/// Makes sure that tests will find it. With `may_install`, its package is installed (and no service started).
pub(crate) fn require(guard: &Guard, may_install: bool) -> Result<()> {
    let step = Step::start("Redis");
    match find_or_install(guard, &step, may_install) {
        Ok(program) => {
            let note = format!("{}, one for each test that needs it", program.display());
            step.end(Mark::Good, &note);
            Ok(())
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
    step.aside(|| install(guard, &Need::REDIS_SERVER))?;
    find().with_context(|| format!("Redis was installed, and {PROGRAM} is not on the path"))
}

fn find() -> Option<PathBuf> {
    let packaged = || {
        let files = FOLDERS.iter().map(|folder| Path::new(folder).join(PROGRAM));
        files.into_iter().find(|file| file.is_file())
    };
    on_path(PROGRAM).or_else(packaged)
}
