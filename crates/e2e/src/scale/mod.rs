//! Two servers behind HAProxy, as `deploy/` has them: restarted one after the other, and killed, under load.

mod by_hand;
mod haproxy;
mod limited;
mod phase;
mod proxied;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use self::phase::{Phase, Replacing};
use self::proxied::{End, Proxied};
use crate::chaos::outcome::Verdict;
use crate::chaos::report::broken;
use crate::chaos::run::{Progress, Run, Scale};
use crate::chaos::site::{self, Tools};
use crate::stack::{self, Programs};

/// Restarts and kills one of two servers behind HAProxy, and prints what was seen as a table.
///
/// Exit code 0: every promise was kept. 1: one was broken; it is named.
#[derive(Args, Clone, Debug)]
pub(crate) struct TwoServers {
    /// One JSON document at the end, for machines
    #[arg(long)]
    json: bool,
    /// Run the commands of docs/deploy.md, "Two servers by hand", and nothing else
    #[arg(long, conflicts_with = "json")]
    walk: bool,
}

impl TwoServers {
    /// Runs all of it.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let folder = site::postgres_folder().ok_or_else(|| {
            anyhow::anyhow!("HEMERA_POSTGRES_BIN names no folder with initdb and postgres: start this with `cargo xtask scale`")
        })?;
        let tools = Tools {
            hemera_api: stack::program("HEMERA_API_BIN")?,
            clerk_emulator: stack::program("CLERK_EMULATOR_BIN")?,
            postgres: folder,
        };
        let haproxy = stack::program("HAPROXY_BIN")?;
        if self.walk {
            return walk(&tools, &haproxy).await;
        }
        let progress = Progress::start(2);
        let run = Run {
            tools: &tools,
            scale: Scale::Full,
            is_release: true,
            progress: &progress,
        };
        // Asked to end, the fixtures are dropped, and what they started ends with them.
        let (mut interrupted, mut terminated) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let (phases, store) = tokio::select! {
            seen = Box::pin(run_all(&run, &haproxy)) => seen?,
            _ = interrupted.recv() => anyhow::bail!("interrupted"),
            _ = terminated.recv() => anyhow::bail!("asked to end"),
        };
        progress.finish();
        report::print(&phases, &store, self.json)?;
        let kept = |phase: &Phase| phase.outcome.verdict() == Verdict::Kept;
        Ok(if phases.iter().all(kept) {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

async fn walk(tools: &Tools, haproxy: &Path) -> anyhow::Result<ExitCode> {
    let programs = tools.hemera_api.parent().unwrap_or(Path::new("/"));
    let (mut interrupted, mut terminated) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let commands = tokio::select! {
        commands = Box::pin(by_hand::run(&tools.postgres, haproxy, programs)) => commands?,
        _ = interrupted.recv() => anyhow::bail!("interrupted"),
        _ = terminated.recv() => anyhow::bail!("asked to end"),
    };
    println!("{commands} commands of docs/deploy.md did what it says");
    Ok(ExitCode::SUCCESS)
}

/// Both phases, and what counted the limits meanwhile.
async fn run_all(run: &Run<'_>, haproxy: &Path) -> anyhow::Result<(Vec<Phase>, String)> {
    let plans = [
        Replacing {
            name: "rolling-restart",
            end: End::Asked,
            replacements: run.pick(6, 2),
        },
        Replacing {
            name: "killed-server",
            end: End::Killed,
            replacements: run.pick(4, 1),
        },
    ];
    let mut proxied = Proxied::start(run.tools, haproxy).await?;
    let store = proxied.store()?;
    let mut phases = Vec::new();
    for plan in plans {
        run.progress.scenario(plan.name);
        phases.push(plan.run(run, &mut proxied).await?);
        run.progress.ended();
    }
    proxied.finish().await?;
    Ok((phases, store))
}

/// The same in short, for the end-to-end walk. Gives what this machine lacks for it, if so.
///
/// # Errors
/// A promise was broken, or it could not be run to its end: what, and why.
pub(crate) async fn in_short(programs: &Programs) -> Result<Option<String>, String> {
    let Some(haproxy) = std::env::var_os("HAPROXY_BIN").map(PathBuf::from) else {
        let why = "there is no haproxy here: `cargo xtask e2e --all --install` installs it";
        return Ok(Some(why.to_owned()));
    };
    let Some(postgres) = site::postgres_folder() else {
        return Ok(Some("there are no programs of a PostgreSQL here".to_owned()));
    };
    let tools = Tools {
        hemera_api: programs.hemera_api.clone(),
        clerk_emulator: programs.clerk_emulator.clone(),
        postgres,
    };
    let progress = Progress::quiet();
    let run = Run {
        tools: &tools,
        scale: Scale::Short,
        is_release: false,
        progress: &progress,
    };
    let seen = Box::pin(run_all(&run, &haproxy)).await;
    let (phases, _) = seen.map_err(|error| format!("{error:#}"))?;
    let broken: Vec<_> = phases.iter().flat_map(|phase| broken(&phase.outcome)).collect();
    if broken.is_empty() {
        Ok(None)
    } else {
        Err(broken.join("; "))
    }
}
