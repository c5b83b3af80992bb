//! `cargo xtask upgrade`: a server of an earlier release on the newest schema, beside a new one.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde::Serialize;

use self::load::{Load, Tally};
use self::server::{ReleaseServer, Start};
use crate::Verdict;
use crate::build::build;
use crate::guard::Guard;
use crate::postgres::database::Name;
use crate::postgres::url::DatabaseUrl;
use crate::postgres::{self, Server};
use crate::process::capture;
use crate::screen::{Mark, Step, say};
use crate::stopwatch::pause;
use crate::workspace::{Workspace, root};

mod load;
mod release;
mod server;

/// The participation that all servers write to.
const PARTICIPATION: &str = "participation_1001";
/// How long requests are sent beside a change, and to all servers together.
const BESIDE: Duration = Duration::from_secs(1);
const TOGETHER: Duration = Duration::from_secs(5);

/// Upgrade from an earlier release under load, and see whether its server goes on with the newest schema.
///
/// Builds `hemera-api` of that release in a git worktree, `target/upgrade/source`, which takes minutes the first time. Then
/// it makes a database with that release, applies the newest migrations while its server is asked, runs it beside the server
/// of today, starts it once more, and compares answers, results and audit records with what was sent.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo xtask upgrade --install     all of it
  nice cargo xtask upgrade          where others need the machine
  cargo xtask upgrade --json | jq '.[] | select(.kept | not)'

Exit codes: 0 every promise was kept · 1 one was broken, and is named · 3 it could not be run, for example because this clone
is shallow and lacks the release.
`git worktree remove --force target/upgrade/source` removes the worktree.")]
pub(crate) struct Upgrade {
    /// Install what is missing, from the system's packages or from PyPI into `target/tools`; no service is started
    #[arg(long)]
    install: bool,
    /// What was seen, as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// A promise, and what was seen of it.
#[derive(Debug, Serialize)]
struct Observation {
    promise: String,
    kept: bool,
    seen: String,
}

impl Upgrade {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let release = release::check_out(guard)?;
        let server = postgres::find(guard, self.install)?;
        let old = release.build(guard)?;
        build(guard, &["hemera-api"])?;
        let workspace = Workspace::load(guard)?;
        let database = Name::scratch("upgrade");
        server.create(guard, &database)?;
        let mut walk = Walk {
            guard,
            server: &server,
            database: &database,
            old: &old,
            new: &workspace.binary("hemera-api"),
            seen: Vec::new(),
        };
        walk.note(
            "the statements in the tests of hemera-api are those of that release",
            release.has_statements()?,
            String::new(),
        );
        walk.walk(&release)?;
        let seen = walk.seen;
        server.drop_database(guard, &database)?;
        server.sweep(guard)?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&seen)?);
        }
        let kept = seen.iter().all(|observation| observation.kept);
        Ok(if kept { Verdict::Good } else { Verdict::Bad })
    }
}

/// The way from one release to the next, on one database.
struct Walk<'w> {
    guard: &'w Guard,
    server: &'w Server,
    database: &'w Name,
    old: &'w Path,
    new: &'w Path,
    seen: Vec<Observation>,
}

impl Walk<'_> {
    fn walk(&mut self, release: &release::Release) -> Result<()> {
        self.migrate(self.old, &[])?;
        self.server
            .psql
            .run_file(self.guard, &self.url(), &release.seed())?;
        let login = self.server.url_of_service(self.guard, self.database)?;
        let migrations_before = self.ask("select count(*) from _sqlx_migrations")?;
        let version_before = self.version_of_participation()?;

        self.refuses_the_old_schema(&login)?;
        let first = self.start(self.old, &login, "release-before")?;
        let mut total = self.upgrade_under(&first, &migrations_before)?;
        let again = self.start(self.old, &login, "release-before-restarted")?;
        self.note(
            "a server of that release starts on the newest schema",
            true,
            again.origin.clone(),
        );
        let new = self.start(self.new, &login, "release-new")?;
        let load = Load::start("together", &[&first, &again, &new], PARTICIPATION);
        let step = Step::start("asking both releases at the same time");
        pause(TOGETHER);
        let tallies = load.stop();
        step.end(Mark::Good, "");
        for (name, tally) in &tallies {
            self.note_tally(&format!("{name}: every request beside the other release"), tally);
        }
        total.extend(tallies);
        for running in [first, again, new] {
            let name = running.subject;
            let code = running.stop(self.guard)?;
            self.note(
                &format!("{name}: ends in order"),
                code == Some(0),
                format!("exit code {code:?}"),
            );
        }
        self.compare(&total, version_before)
    }

    /// The new server, before the schema is its own.
    fn refuses_the_old_schema(&mut self, login: &DatabaseUrl) -> Result<()> {
        let outcome = server::start(self.guard, self.new, login, "release-new")?;
        let (refused, said) = match outcome {
            Start::Refused(said) => (
                said.contains("is too old") && said.contains("migrate --roles"),
                said,
            ),
            Start::Listens(running) => {
                running.stop(self.guard)?;
                (false, "it started".to_owned())
            }
        };
        self.note("a new server refuses the schema of before", refused, said);
        Ok(())
    }

    /// Applies the migrations while the server of before is asked.
    fn upgrade_under(&mut self, old: &ReleaseServer, before: &str) -> Result<Vec<(String, Tally)>> {
        let load = Load::start("migrating", &[old], PARTICIPATION);
        pause(BESIDE);
        self.migrate(self.new, &["--dry-run"])?;
        let untouched = self.ask("select count(*) from _sqlx_migrations")?;
        self.note(
            "migrate --dry-run changes nothing",
            untouched == before,
            format!("{untouched} migrations, as before"),
        );
        self.migrate(self.new, &[])?;
        pause(BESIDE);
        let tallies = load.stop();
        let after = self.ask("select count(*) from _sqlx_migrations")?;
        for (name, tally) in &tallies {
            self.note_tally(
                &format!("{name}: every request while the schema went from {before} to {after} migrations"),
                tally,
            );
        }
        Ok(tallies)
    }

    /// What was sent against what is in the database.
    fn compare(&mut self, total: &[(String, Tally)], version_before: i64) -> Result<()> {
        let names: std::collections::BTreeSet<&String> = total.iter().map(|(name, _)| name).collect();
        for name in names {
            let sent: usize = total
                .iter()
                .filter(|(other, _)| other == name)
                .map(|(_, tally)| tally.requests)
                .sum();
            let recorded = self.ask(&format!(
                "select coalesce(sum(occurrences), 0) from audit_log where subject = '{name}'"
            ))?;
            self.note(
                &format!("{name}: one audit record for each request"),
                recorded == sent.to_string(),
                format!("{sent} requests, {recorded} records"),
            );
        }
        let writes: usize = total.iter().map(|(_, tally)| tally.writes).sum();
        let version = self.version_of_participation()?;
        self.note(
            "no result was overtaken or lost",
            version == version_before + i64::try_from(writes)?,
            format!("{writes} writes by three servers raised the version from {version_before} to {version}"),
        );
        let pending = self.ask(
            "select count(*) from audit_log where not exists (
                 select from audit_pending p where p.at = audit_log.at and p.id = audit_log.id)",
        )?;
        self.note(
            "every record is on its way to the transparency log",
            pending == "0",
            format!("{pending} are not"),
        );
        Ok(())
    }

    fn start(&self, program: &Path, login: &DatabaseUrl, subject: &'static str) -> Result<ReleaseServer> {
        match server::start(self.guard, program, login, subject)? {
            Start::Listens(running) => Ok(running),
            Start::Refused(said) => bail!("{} does not start: {said}", program.display()),
        }
    }

    fn migrate(&self, program: &Path, arguments: &[&str]) -> Result<()> {
        let prefix = self.database.to_string();
        let mut command = Command::new(program);
        command
            .args(["migrate", "--roles", "--role-prefix", &prefix])
            .args(arguments)
            .current_dir(root());
        server::without_settings(&mut command);
        command.env("DATABASE_URL", self.url().expose());
        let answer = capture(self.guard, &mut command)?;
        if !answer.status.success() {
            bail!("{} migrate failed:\n{}", program.display(), answer.text());
        }
        Ok(())
    }

    fn version_of_participation(&self) -> Result<i64> {
        let version = self.ask(&format!(
            "select version from course_participations where id = '{PARTICIPATION}'"
        ))?;
        version
            .parse()
            .context("the version of a participation is a number")
    }

    fn ask(&self, sql: &str) -> Result<String> {
        self.server.psql.ask(self.guard, &self.url(), sql)
    }

    fn url(&self) -> DatabaseUrl {
        self.server.url_of(self.database)
    }

    fn note_tally(&mut self, promise: &str, tally: &Tally) {
        let kept = tally.failures.is_empty() && tally.requests > 0 && tally.writes > 0;
        let mut seen = format!(
            "{} requests, {} of them writes, {} failed, the longest took {} ms",
            tally.requests,
            tally.writes,
            tally.failures.len(),
            tally.longest.as_millis()
        );
        if let Some(first) = tally.failures.first() {
            seen = format!("{seen}; the first: {first}");
        }
        self.note(promise, kept, seen);
    }

    fn note(&mut self, promise: &str, kept: bool, seen: String) {
        let mark = if kept { Mark::Good } else { Mark::Bad };
        let colon = if seen.is_empty() { "" } else { ": " };
        say(&format!("{} {promise}{colon}{seen}", mark.sign()));
        self.seen.push(Observation {
            promise: promise.to_owned(),
            kept,
            seen,
        });
    }
}
