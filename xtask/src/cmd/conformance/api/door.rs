//! A program that is not Rust works through the door: the TypeScript sample, compiled and run by Node.js, at `aither serve` in
//! front of the running Hemera, with the service user's credential behind it.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Deserialize;

use super::super::table::{Row, mark_of, summary};
use super::Tools;
use super::document::CLIENT;
use super::server::Running;
use crate::build::build;
use crate::guard::Guard;
use crate::process::capture;
use crate::screen::Step;
use crate::signals;
use crate::workspace::root;

/// The key of the door, which is open for the length of the check.
const KEY: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// The sample, as it is called once it is compiled.
const SAMPLE: &str = "door.js";

/// What `aither serve --json` prints when the door is open.
#[derive(Debug, Deserialize)]
struct Open {
    address: String,
}

/// An open door.
struct OpenDoor {
    child: Child,
    origin: String,
}

/// A row for each operation.
pub(super) fn examine(tools: &Tools<'_>, packages: &Path, server: &Running) -> Result<Vec<Row>> {
    build(tools.guard, &["aither"])?;
    let step = Step::start("fetch of Node.js through the door");
    let rows = match compile(tools, packages)? {
        Ok(sample) => {
            let door = OpenDoor::start(tools, server)?;
            let rows = walk(tools, packages, &sample, &door);
            door.stop(tools.guard)?;
            rows?
        }
        Err(fault) => vec![*fault],
    };
    step.end(mark_of(&rows), &summary(&rows));
    Ok(rows)
}

/// Makes JavaScript of the samples, in a folder that Node.js takes for modules.
fn compile(tools: &Tools<'_>, packages: &Path) -> Result<Result<PathBuf, Box<Row>>> {
    let folder = tools.workspace.target.join("conformance").join("typescript");
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    std::fs::write(folder.join("package.json"), "{ \"type\": \"module\" }\n")?;
    let mut command = tools
        .node
        .command(&packages.join("node_modules"), "typescript/bin/tsc");
    command
        .current_dir(root())
        .args(["--project", CLIENT, "--noEmit", "false", "--outDir"])
        .arg(&folder);
    let answer = capture(tools.guard, &mut command)?;
    signals::park_if_interrupted();
    Ok(if answer.status.success() {
        Ok(folder.join(SAMPLE))
    } else {
        Err(Box::new(Row::failed("door: the sample", "tsc", answer.text())))
    })
}

fn walk(tools: &Tools<'_>, packages: &Path, sample: &Path, door: &OpenDoor) -> Result<Vec<Row>> {
    let mut command = tools.node.command(packages, "door/witness.mjs");
    command
        .arg(sample)
        .env("DOOR_ORIGIN", &door.origin)
        .env("DOOR_KEY", KEY);
    let answer = capture(tools.guard, &mut command)?;
    signals::park_if_interrupted();
    if !answer.status.success() {
        return Ok(vec![Row::failed("door: the check itself", "node", answer.text())]);
    }
    let lines = answer.stdout.lines().map(serde_json::from_str);
    lines
        .collect::<Result<_, _>>()
        .context("the check printed something else than rows")
}

impl OpenDoor {
    /// Starts one on a free port and waits until it says that it is open.
    fn start(tools: &Tools<'_>, server: &Running) -> Result<Self> {
        let log = tools.workspace.target.join("conformance").join("door.log");
        let mut command = Command::new(tools.workspace.binary("aither"));
        command
            .current_dir(root())
            .args(["serve", "--listen", "127.0.0.1:0", "--json", "--verbose"])
            .env_clear()
            .envs(server.client_settings()?)
            .env("AITHER_DOOR_KEY", KEY)
            .env("AITHER_STATE_DIR", "none")
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?);
        let mut child = tools.guard.spawn(&mut command, Signal::SIGTERM)?;
        let mut open = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut open)
                .context("the first line of aither serve cannot be read")?;
        }
        let Ok(Open { address: origin }) = serde_json::from_str(&open) else {
            tools.guard.wait(&mut child)?;
            bail!("aither serve does not open its door: {} says why", log.display());
        };
        Ok(Self { child, origin })
    }

    fn stop(mut self, guard: &Guard) -> Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).context("a process id is out of range")?);
        // This fails only if it has ended already.
        let _ = kill(pid, Signal::SIGTERM);
        guard.wait(&mut self.child)?;
        Ok(())
    }
}
