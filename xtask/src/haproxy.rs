//! The HAProxy that stands in front of two servers: whether it is installed.

use std::path::PathBuf;

use anyhow::Result;

use crate::guard::Guard;
use crate::install::{self, Need};
use crate::packaged;
use crate::screen::{Mark, Step};

const PROGRAM: &str = "haproxy";

/// Makes sure that it is there. With `may_install`, its package is installed, and no service started.
pub(crate) fn require(guard: &Guard, may_install: bool) -> Result<PathBuf> {
    let step = Step::start("HAProxy");
    let found = step.aside(|| packaged::require(guard, PROGRAM, &Need::HAPROXY, may_install));
    match &found {
        Ok(program) => step.end(Mark::Good, &program.display().to_string()),
        Err(_) => step.end(Mark::Bad, "none found"),
    }
    found
}

/// The same for a task that can do without: nothing where there is none, and none may be installed.
pub(crate) fn find(guard: &Guard, may_install: bool) -> Result<Option<PathBuf>> {
    match packaged::find(PROGRAM) {
        None if may_install && install::is_possible(guard) => require(guard, true).map(Some),
        found => Ok(found),
    }
}
