//! Programs that a package of the system brings: found, or installed.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::guard::Guard;
use crate::install::{Need, hint, install};
use crate::programs::on_path;

/// Folders of packages that need not be on the path.
const FOLDERS: [&str; 5] = [
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/opt/homebrew/bin",
];

/// Makes sure that the program is there. With `may_install`, its package is installed, and no service started.
pub(crate) fn require(guard: &Guard, program: &str, need: &Need, may_install: bool) -> Result<PathBuf> {
    if let Some(found) = find(program) {
        return Ok(found);
    }
    if !may_install {
        bail!("there is no {program} here.\n{}", hint(need));
    }
    install(guard, need)?;
    find(program).with_context(|| format!("its package was installed, and {program} is not on the path"))
}

/// Looks for it on the path and in the folders of packages.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let packaged = || {
        let files = FOLDERS.iter().map(|folder| Path::new(folder).join(program));
        files.into_iter().find(|file| file.is_file())
    };
    on_path(program).or_else(packaged)
}
