//! The programs of hemera-api's tests, compiled once.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};
use nix::sys::signal::Signal;
use serde::Deserialize;

use crate::guard::Guard;
use crate::process::each_line;
use crate::screen::heading;
use crate::workspace::{cargo, root};

const PACKAGE: &str = "hemera-api";

/// The programs that `cargo test` would run.
#[derive(Debug)]
pub(super) struct TestPrograms(Vec<PathBuf>);

impl TestPrograms {
    /// Builds them as `cargo xtask test -p hemera-api` does. Cargo shows its own progress.
    pub(super) fn build(guard: &Guard) -> Result<Self> {
        heading("building the tests");
        let mut command = cargo();
        command
            .args(["test", "--no-run", "--all-features", "--package", PACKAGE])
            .args(["--message-format", "json-render-diagnostics"])
            .stdout(Stdio::piped());
        let mut child = guard.spawn(&mut command, Signal::SIGTERM)?;
        let (send, received) = std::sync::mpsc::channel();
        let reader = child.stdout.take().map(|stdout| {
            each_line(stdout, move |line| {
                let Ok(built) = serde_json::from_str::<Built>(&line) else {
                    return;
                };
                if built.profile.test {
                    // Without a receiver there is no task any more.
                    let _ = built.executable.map(|program| send.send(program));
                }
            })
        });
        let _ = reader.map(std::thread::JoinHandle::join);
        if !guard.wait(&mut child)?.success() {
            bail!("the tests did not build: fix what the compiler names above");
        }
        Ok(Self(received.try_iter().collect()))
    }

    /// One command for each program.
    pub(super) fn commands(&self, filter: &[String]) -> Vec<Command> {
        let folder = root().join("crates").join(PACKAGE);
        self.0
            .iter()
            .map(|program| {
                let mut command = Command::new(program);
                // As cargo does it.
                command
                    .args(filter)
                    .current_dir(&folder)
                    .env("CARGO_MANIFEST_DIR", &folder);
                command
            })
            .collect()
    }
}

/// A line of cargo's about a program that it has built; others do not have these fields.
#[derive(Deserialize)]
struct Built {
    executable: Option<PathBuf>,
    profile: Profile,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}
