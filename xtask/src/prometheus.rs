//! Prometheus and its promtool: whether they are installed.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::guard::Guard;
use crate::install::{Need, hint, install};
use crate::programs::on_path;
use crate::screen::{Mark, Step};

/// Folders of packages that need not be on the path.
const FOLDERS: [&str; 3] = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];

/// Both programs.
#[derive(Debug)]
pub(crate) struct Prometheus {
    pub(crate) server: PathBuf,
    pub(crate) promtool: PathBuf,
}

/// Makes sure that both are there. With `may_install`, their package is installed, and no service started.
pub(crate) fn require(guard: &Guard, may_install: bool) -> Result<Prometheus> {
    let step = Step::start("Prometheus");
    let found = match find() {
        None if may_install => step.aside(|| install(guard, &Need::PROMETHEUS)).and_then(|()| {
            find().context("Prometheus was installed, and prometheus or promtool is not on the path")
        }),
        None => missing(),
        Some(found) => Ok(found),
    };
    match &found {
        Ok(programs) => step.end(Mark::Good, &programs.server.display().to_string()),
        Err(_) => step.end(Mark::Bad, "none found"),
    }
    found
}

fn missing() -> Result<Prometheus> {
    bail!(
        "there is no prometheus with its promtool here.\n{}",
        hint(&Need::PROMETHEUS)
    )
}

fn find() -> Option<Prometheus> {
    Some(Prometheus {
        server: program("prometheus")?,
        promtool: program("promtool")?,
    })
}

fn program(name: &str) -> Option<PathBuf> {
    let packaged = || {
        let files = FOLDERS.iter().map(|folder| Path::new(folder).join(name));
        files.into_iter().find(|file| file.is_file())
    };
    on_path(name).or_else(packaged)
}
