//! The command lines of README.md and of `docs/`: run as they stand there against a stack with the demo data, or read by the
//! programs that they name.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tokio::process::Command;

use crate::accounts::SERVICE;
use crate::auditor::LogKey;
use crate::checklist::Checklist;
use crate::command_line::{Parsers, command_lines};
use crate::example::{Example, Reader, examples};
use crate::failure::{Failure, holds};
use crate::scenario::main_path::{self, stopped};
use crate::setting_name::{is_known, setting_names};
use crate::shown::shows;
use crate::stack::{self, Instance, Programs, Stack};
use crate::walk::Walk;

const README: &str = "README.md";
/// Folders with documents, seen from the workspace's root.
const FOLDERS: [&str; 2] = ["", "docs"];

/// A page, as it is named in the project.
struct Page {
    name: String,
    text: String,
    examples: Vec<Example>,
}

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("The command lines of the documents");
    let mut pages = pages()?;
    let mut all_are_marked = Ok(());
    let mut is_shown = Ok(());
    for page in &mut pages {
        if page.name == README {
            is_shown = shows(&page.text, &checklist.titles_of(main_path::TITLE));
        }
        match examples(&page.text) {
            Ok(examples) => page.examples = examples,
            Err(failure) => all_are_marked = Err(failure.at(&page.name)),
        }
    }
    let step = "every console block says whether it can be run";
    checklist.step(step, async { all_are_marked }).await;
    let step = "README.md shows what the first scenario prints";
    checklist.step(step, async { is_shown }).await;
    let step = "hemera-api, aither and cargo xtask take every command line that a document names";
    checklist.step(step, are_taken(programs, &pages)).await;
    let step = "every setting that a document names is one of the server's";
    checklist.step(step, are_settings(programs, &pages)).await;
    pages.retain(|page| !page.examples.is_empty());
    // What one of these has counted and changed is nothing to another.
    let (alone, together): (Vec<_>, Vec<_>) = pages
        .into_iter()
        .partition(|page| page.examples.iter().any(Example::needs_a_server_of_its_own));
    for page in alone {
        run_pages(programs, checklist, &[page]).await?;
    }
    run_pages(programs, checklist, &together).await
}

/// The documents of the project, by name.
fn pages() -> anyhow::Result<Vec<Page>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in FOLDERS {
        for entry in fs::read_dir(root.join(folder)).context("the documents cannot be read")? {
            files.push(entry?.path());
        }
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    for entry in fs::read_dir(root.join("crates")).context("crates/ cannot be read")? {
        files.push(entry?.path().join(README));
    }
    files.retain(|file| file.is_file());
    files.sort();
    let read = |file: PathBuf| {
        let name = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
        let text = fs::read_to_string(&file).with_context(|| format!("{name} cannot be read"))?;
        Ok(Page {
            name,
            text,
            examples: Vec::new(),
        })
    };
    files.into_iter().map(read).collect()
}

/// Whether the programs know what the pages name.
async fn are_taken(programs: &Programs, pages: &[Page]) -> Result<(), Failure> {
    let parsers = Parsers::find(programs)?;
    let mut faults = Vec::new();
    let mut tried = std::collections::BTreeSet::new();
    for page in pages {
        for line in command_lines(&page.text) {
            if tried.insert(line.clone())
                && let Err(failure) = parsers.accept(&line).await
            {
                faults.push(failure.at(&page.name).to_string());
            }
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        format!("all {} command lines to be taken", tried.len()),
        format!("{} are not:\n{}", faults.len(), faults.concat()),
    ))
}

/// Whether `hemera-api config list` has each setting that the pages name.
async fn are_settings(programs: &Programs, pages: &[Page]) -> Result<(), Failure> {
    let listed = Command::new(&programs.hemera_api)
        .args(["config", "list"])
        .env_clear()
        .output()
        .await
        .context("hemera-api config list cannot be started")?;
    let listed = String::from_utf8_lossy(&listed.stdout);
    let known = setting_names(&listed);
    let unknown = pages.iter().flat_map(|page| {
        let names = setting_names(&page.text).into_iter();
        let unknown = names.filter(|name| !is_known(name, &known));
        unknown.map(|name| format!("{}: {name}", page.name))
    });
    let unknown: Vec<String> = unknown.collect();
    holds(
        "the settings to be there, and no other names",
        !known.is_empty() && unknown.is_empty(),
        unknown,
    )
}

/// Runs the examples of these pages on one server.
async fn run_pages(programs: &Programs, checklist: &mut Checklist, pages: &[Page]) -> anyhow::Result<()> {
    let log_key = LogKey::make(&programs.hemera_api).await?;
    let stack = Stack::start(programs, Instance::Development, &log_key.settings()).await?;
    let walk = Walk::new(&stack)?;
    for page in pages {
        let step = format!(
            "{}: {} blocks of commands, and what they print",
            page.name,
            page.examples.len()
        );
        let run = run(&walk, programs, &log_key, &page.examples);
        walk.step(checklist, &step, run).await;
    }
    checklist
        .step("Everything stops in order, exit code 0", stopped(stack))
        .await;
    Ok(())
}

async fn run(
    walk: &Walk<'_>,
    programs: &Programs,
    log_key: &LogKey,
    examples: &[Example],
) -> Result<(), Failure> {
    let folder = tempfile::tempdir().context("no folder for what the commands write")?;
    let common = common(walk, programs).await?;
    for example in examples {
        let mut variables = common.clone();
        variables.extend(match example.reader {
            Reader::Operator => operator(walk),
            Reader::Auditor => auditor(walk, log_key),
            Reader::Aither => aither(walk, folder.path()),
        });
        let outcome = example.run(folder.path(), &variables).await;
        outcome.map_err(|failure| failure.at(format!("line {}", example.line)))?;
    }
    Ok(())
}

type Variables = Vec<(String, String)>;

/// What every reader has: the origin, a token, and the programs on the path.
async fn common(walk: &Walk<'_>, programs: &Programs) -> Result<Variables, Failure> {
    let subject = walk.accounts.with_role("api-client").await?;
    let token = walk.accounts.token_of(&subject).await?;
    let aither = stack::program("AITHER_BIN")?;
    let path = [&programs.hemera_api, &aither].map(|program| {
        let folder = program.parent().unwrap_or(Path::new("."));
        folder.display().to_string()
    });
    let inherited = std::env::var("PATH").unwrap_or_default();
    Ok(named([
        ("PATH", format!("{}:{inherited}", path.join(":"))),
        ("HEMERA", origin(walk)),
        ("TOKEN", token),
    ]))
}

/// The server's settings. The commands that migrate find the owner's login.
fn operator(walk: &Walk<'_>) -> Variables {
    let mut variables = walk.stack.environment().to_vec();
    let owner = walk.stack.database.owner_url().to_string();
    variables.extend(named([("HEMERA_DATABASE__ADMIN_URL", owner)]));
    variables
}

/// An auditor's login, the public key of the log, and the newest checkpoint that the server left outside the database.
fn auditor(walk: &Walk<'_>, log_key: &LogKey) -> Variables {
    named([
        ("DATABASE_URL", walk.stack.database.auditor_url().to_string()),
        ("VERIFIER_KEY", log_key.verifier().to_owned()),
        ("CHECKPOINT", log_key.checkpoint_file().display().to_string()),
    ])
}

/// The settings of Aither, with its state in the folder.
fn aither(walk: &Walk<'_>, folder: &Path) -> Variables {
    let clerk = walk.stack.clerk_url.as_str().trim_end_matches('/').to_owned();
    named([
        ("HEMERA_API_BASE_URL", origin(walk)),
        ("CLERK_SECRET_KEY", walk.stack.instance.secret_key().to_owned()),
        ("CLERK_API_URL", clerk.clone()),
        ("CLERK_ISSUER", clerk),
        ("CLERK_SERVICE_USER_EMAIL", SERVICE.to_owned()),
        ("AITHER_STATE_DIR", folder.join("state").display().to_string()),
    ])
}

fn origin(walk: &Walk<'_>) -> String {
    walk.stack.hemera_url.as_str().trim_end_matches('/').to_owned()
}

fn named<const N: usize>(variables: [(&str, String); N]) -> Variables {
    variables
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
