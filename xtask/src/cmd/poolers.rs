//! `cargo xtask poolers`: Hemera behind a real PgBouncer, as docs/poolers.md says.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use self::pgbouncer::{Mode, PgBouncer, Version};
use self::served::{Served, serve};
use super::db::{migrate_with_roles, seed};
use crate::Verdict;
use crate::build::build;
use crate::guard::Guard;
use crate::postgres::database::Name;
use crate::postgres::url::DatabaseUrl;
use crate::postgres::{self, Server};
use crate::programs::on_path;
use crate::screen::{Mark, say};
use crate::workspace::Workspace;

mod pgbouncer;
mod served;

/// Walk docs/poolers.md with a real PgBouncer.
///
/// In session mode, and from PgBouncer 1.21 on in transaction mode with `max_prepared_statements`, `serve` must start and
/// answer hundreds of requests at a time rightly; in transaction mode without it, `serve` must refuse to start.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit code 1: a mode did not do what the page says. Exit code 3: there is no PgBouncer here."
)]
pub(crate) struct Poolers {
    /// The program [default: the `pgbouncer` on the path, or in /usr/sbin]
    #[arg(long, value_name = "FILE")]
    pgbouncer: Option<PathBuf>,
    /// Install a missing PostgreSQL (no service is started)
    #[arg(long)]
    install: bool,
}

impl Poolers {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let program = self.program()?;
        let version = Version::of(guard, &program)?;
        say(&format!("PgBouncer {version} at {}", program.display()));
        let server = postgres::find(guard, self.install)?;
        build(guard, &["hemera-api"])?;
        let workspace = Workspace::load(guard)?;
        let database = Name::scratch("poolers");
        let login = prepare(guard, &workspace, &server, &database)?;
        let mut all_good = true;
        for mode in [Mode::Session, Mode::Transaction, Mode::Tracking] {
            if mode == Mode::Tracking && !version.tracks_statements() {
                say(&format!(
                    "{} {mode}: not run, it needs PgBouncer 1.21 or newer",
                    Mark::Skipped.sign()
                ));
                continue;
            }
            let pooler = PgBouncer::start(guard, &program, mode, version, &login)?;
            let outcome = serve(guard, &workspace, &pooler.url(&login))?;
            let good = match mode {
                Mode::Session | Mode::Tracking => matches!(outcome, Served::Answered { wrong: 0, .. }),
                Mode::Transaction => {
                    matches!(&outcome, Served::Refused(said) if said.contains("loses prepared statements"))
                }
            };
            all_good &= good;
            let mark = if good { Mark::Good } else { Mark::Bad };
            say(&format!("{} {mode}: {outcome}", mark.sign()));
        }
        server.drop_database(guard, &database)?;
        server.sweep(guard)?;
        Ok(if all_good { Verdict::Good } else { Verdict::Bad })
    }

    fn program(&self) -> Result<PathBuf> {
        let packaged = || Some(PathBuf::from("/usr/sbin/pgbouncer")).filter(|file| file.is_file());
        let found = self
            .pgbouncer
            .clone()
            .or_else(|| on_path("pgbouncer"))
            .or_else(packaged);
        found.context("there is no pgbouncer here: install it (Debian: apt-get install pgbouncer), or name it with --pgbouncer")
    }
}

/// A database with demo data, and the login of a server in it, with the deadlines that a pooler does not pass on.
fn prepare(guard: &Guard, workspace: &Workspace, server: &Server, database: &Name) -> Result<DatabaseUrl> {
    server.create(guard, database)?;
    migrate_with_roles(guard, workspace, server, database)?;
    seed(guard, server, database)?;
    let login = server.url_of_service(guard, database)?;
    let (Some(user), Some(_)) = (login.user(), login.password()) else {
        bail!(
            "the PostgreSQL here has no passwords, and PgBouncer needs one: unset DATABASE_URL for a private one"
        );
    };
    for (setting, limit) in [
        ("lock_timeout", "5000ms"),
        ("statement_timeout", "10000ms"),
        ("idle_in_transaction_session_timeout", "10000ms"),
    ] {
        let sql = format!("alter role {user} in database {database} set {setting} = '{limit}'");
        server.psql.ask(guard, &server.url, &sql)?;
    }
    Ok(login)
}
