//! The command lines of README.md and of `docs/`, run as they stand there against a stack with the demo data.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::checklist::Checklist;
use crate::example::{Example, examples};
use crate::failure::Failure;
use crate::scenario::main_path::{self, stopped};
use crate::shown::shows;
use crate::stack::{Instance, Programs, Stack};
use crate::walk::Walk;

const README: &str = "README.md";

/// A page, as it is named in the project.
struct Page {
    name: String,
    text: String,
}

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("The command lines of the documents");
    let mut runnable = Vec::new();
    let mut all_are_marked = Ok(());
    let mut is_shown = Ok(());
    for page in pages()? {
        if page.name == README {
            is_shown = shows(&page.text, &checklist.titles_of(main_path::TITLE));
        }
        match examples(&page.text) {
            Ok(examples) if examples.is_empty() => {}
            Ok(examples) => runnable.push((page.name, examples)),
            Err(failure) => all_are_marked = Err(failure.at(page.name)),
        }
    }
    let step = "every console block says whether it can be run";
    checklist.step(step, async { all_are_marked }).await;
    let step = "README.md shows what the first scenario prints";
    checklist.step(step, async { is_shown }).await;
    for (name, examples) in runnable {
        // Each with a server of its own: what one has counted and changed is nothing to the other.
        let stack = Stack::start(programs, Instance::Development, &[]).await?;
        let walk = Walk::new(&stack)?;
        let step = format!(
            "{name}: {} blocks of commands, and what they print",
            examples.len()
        );
        walk.step(checklist, &step, run(&walk, programs, &examples)).await;
        checklist
            .step("Everything stops in order, exit code 0", stopped(stack))
            .await;
    }
    Ok(())
}

/// README.md and every page of `docs/`, by name.
fn pages() -> anyhow::Result<Vec<Page>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = vec![root.join(README)];
    for entry in fs::read_dir(root.join("docs")).context("docs/ cannot be read")? {
        files.push(entry?.path());
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    let read = |file: PathBuf| {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(&file).with_context(|| format!("{name} cannot be read"))?;
        Ok(Page { name, text })
    };
    files.into_iter().map(read).collect()
}

async fn run(walk: &Walk<'_>, programs: &Programs, examples: &[Example]) -> Result<(), Failure> {
    let folder = tempfile::tempdir().context("no folder for what the commands write")?;
    let variables = variables(walk, programs).await?;
    for example in examples {
        let outcome = example.run(folder.path(), &variables).await;
        outcome.map_err(|failure| failure.at(format!("line {}", example.line)))?;
    }
    Ok(())
}

/// What a reader has set: the server's settings, the origin, a token, and the program on the path.
async fn variables(walk: &Walk<'_>, programs: &Programs) -> Result<Vec<(String, String)>, Failure> {
    let subject = walk.accounts.with_role("api-client").await?;
    let token = walk.accounts.token_of(&subject).await?;
    let hemera = walk.stack.hemera_url.as_str().trim_end_matches('/');
    let programs = programs.hemera_api.parent().unwrap_or(Path::new("."));
    let path = std::env::var("PATH").unwrap_or_default();
    let mut variables = walk.stack.environment().to_vec();
    variables.extend([
        ("PATH".to_owned(), format!("{}:{path}", programs.display())),
        ("HEMERA".to_owned(), hemera.to_owned()),
        ("TOKEN".to_owned(), token),
    ]);
    Ok(variables)
}
