//! The section of docs/deploy.md that brings up two servers by hand, command by command as a reader would.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use crate::chaos::postgres::Postgres;
use crate::example::{Shown, walked};

const PAGE: &str = "docs/deploy.md";
/// All of it takes a minute and a half.
const AT_MOST: Duration = Duration::from_mins(5);
/// Ends what a command has printed; no program prints it.
const END: char = '\u{1e}';

/// Runs the section with a PostgreSQL of its own, and gives how many commands printed what the page says.
///
/// # Errors
/// One failed, or printed something else: the line of the page, and what came.
pub(super) async fn run(postgres: &Path, haproxy: &Path, programs: &Path) -> anyhow::Result<usize> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let page = std::fs::read_to_string(root.join(PAGE)).with_context(|| format!("{PAGE} cannot be read"))?;
    let commands = walked(&page);
    anyhow::ensure!(!commands.is_empty(), "{PAGE} has no block `console walk`");
    let server = Postgres::start(postgres, None).await?;
    let folders = [programs, postgres, haproxy.parent().unwrap_or(Path::new("/"))].map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(folders.into_iter().chain(std::env::split_paths(&path)))?;
    let home = tempfile::tempdir()?;
    let mut shell = Command::new("bash");
    shell
        .args(["-e", "-u", "-o", "pipefail", "-c", &script(&commands)])
        .env_clear()
        .env("PATH", path)
        .env("HOME", home.path())
        .env("TMPDIR", home.path())
        .env("ADMIN_URL", server.url()?.as_str())
        .current_dir(&root);
    eprintln!(
        "{} commands of {PAGE}, which take a minute and a half",
        commands.len()
    );
    let printed = session(shell).await?;
    server.finish().await?;
    compare(&commands, &printed)?;
    Ok(commands.len())
}

/// All commands, each followed by the mark of its end. What runs in the background ends with the shell.
fn script(commands: &[Shown]) -> String {
    let ended = format!("\nprintf '{END}'\n");
    let lines = commands.iter().flat_map(|shown| [shown.command.as_str(), &ended]);
    let head = "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n";
    std::iter::once(head).chain(lines).collect()
}

async fn session(mut shell: Command) -> anyhow::Result<String> {
    let mut shell = shell
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .context("bash cannot be started")?;
    let group = Group(shell.id());
    let mut output = shell.stdout.take().context("bash has no output")?;
    let mut printed = Vec::new();
    let ended = async {
        output.read_to_end(&mut printed).await?;
        shell.wait().await
    };
    let ended = tokio::time::timeout(AT_MOST, ended).await;
    drop(group);
    if ended.is_err() {
        bail!(
            "the commands of {PAGE} take more than {} s; they printed:\n{}",
            AT_MOST.as_secs(),
            String::from_utf8_lossy(&printed)
        );
    }
    Ok(String::from_utf8_lossy(&printed).into_owned())
}

/// The processes that the shell has started. They end with the value.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(Ok(id)) = self.0.map(i32::try_from) {
            // None is left where all have ended.
            let _ = killpg(Pid::from_raw(id), Signal::SIGKILL);
        }
    }
}

fn compare(commands: &[Shown], printed: &str) -> anyhow::Result<()> {
    let mut outputs = printed.split(END);
    for shown in commands {
        let output = outputs.next().unwrap_or_default();
        if !shown.is(output) {
            bail!(
                "{PAGE}, line {}: `{}` did not print what the page says. It printed:\n{output}",
                shown.line,
                shown.command
            );
        }
        eprintln!(
            "✓ {PAGE}:{} {}",
            shown.line,
            shown.command.lines().next().unwrap_or_default()
        );
    }
    let ends = printed.matches(END).count();
    anyhow::ensure!(
        ends == commands.len(),
        "a command of {PAGE} failed: {} of {} were run",
        ends,
        commands.len()
    );
    Ok(())
}
