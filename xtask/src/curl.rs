//! The program that runs the command lines of the documents: whether it is installed.

use anyhow::{Context as _, Result, bail};

use crate::guard::Guard;
use crate::install::{Need, hint, install};
use crate::programs::on_path;

/// Makes sure that it will be found. With `may_install`, its package is installed.
pub(crate) fn require(guard: &Guard, may_install: bool) -> Result<()> {
    if on_path("curl").is_some() {
        return Ok(());
    }
    if !may_install {
        bail!(
            "there is no curl here to run the documents' command lines with.\n{}",
            hint(&Need::CURL)
        );
    }
    install(guard, &Need::CURL)?;
    on_path("curl")
        .map(drop)
        .context("curl was installed, and is not on the path")
}
