//! `cargo xtask book`: the documents as a book.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use self::source::Pages;
use crate::Verdict;
use crate::guard::Guard;
use crate::process::capture;
use crate::screen::{Mark, Step, say};
use crate::tools::Tool;
use crate::workspace::root;

mod links;
mod source;

/// Make a book of the documents, with a search, to be read in a browser or published as it is.
///
/// Its pages are README.md and what that leads to, in the order of its tables. Every link within the book is followed: one that
/// leads nowhere is a failure. It is left in target/book/html.
#[derive(Args, Debug)]
#[command(
    name = "book",
    after_help = "Exit code 1: a link of the book leads nowhere. Exit code 3: it could not be made."
)]
pub(crate) struct Book {
    /// Install mdBook, if it is missing, into target/tools
    #[arg(long)]
    install: bool,
    /// Open it in the browser
    #[arg(long)]
    open: bool,
}

const SOURCE: &str = "target/book/source";
const HTML: &str = "target/book/html";

impl Book {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let mdbook = self.mdbook(guard)?;
        let step = Step::start("pages");
        let pages = Pages::gather(root())?;
        let source = root().join(SOURCE);
        for folder in [SOURCE, HTML] {
            let folder = root().join(folder);
            if folder.exists() {
                fs::remove_dir_all(&folder)
                    .with_context(|| format!("{} cannot be replaced", folder.display()))?;
            }
        }
        pages.write(root(), &source)?;
        step.end(Mark::Good, &format!("{} of the book", pages.count()));
        let step = Step::start("book");
        let mut command = Command::new(mdbook);
        let answer = capture(guard, command.arg("build").current_dir(root()))?;
        if !answer.status.success() {
            bail!("mdBook failed: {}", answer.text());
        }
        step.end(Mark::Good, HTML);
        let step = Step::start("links of the book");
        let (count, findings) = links::check(&root().join(HTML))?;
        if !findings.is_empty() {
            step.end(Mark::Bad, &format!("{} of {count} lead nowhere", findings.len()));
            say(&findings.join("\n"));
            return Ok(Verdict::Bad);
        }
        step.end(Mark::Good, &format!("{count} lead to what is there"));
        let first = root().join(HTML).join("index.html");
        say(&format!("the book: {}", first.display()));
        if self.open {
            open(guard, &first)?;
        }
        Ok(Verdict::Good)
    }

    fn mdbook(&self, guard: &Guard) -> Result<PathBuf> {
        let tool = Tool::mdbook().context("no registry has an mdBook for this system")?;
        let programs = match tool.there() {
            Some(programs) => programs,
            None if self.install => tool.fetch(guard)?,
            None => bail!("mdBook is missing: run `cargo xtask book --install`"),
        };
        Ok(programs.join("mdbook"))
    }
}

fn open(guard: &Guard, page: &Path) -> Result<()> {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let answer = capture(guard, Command::new(program).arg(page))
        .with_context(|| format!("{program} cannot be run: open {} yourself", page.display()))?;
    if !answer.status.success() {
        bail!("{program} failed: open {} yourself", page.display());
    }
    Ok(())
}
