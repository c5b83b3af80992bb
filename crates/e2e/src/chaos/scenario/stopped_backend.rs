//! A process of PostgreSQL's is stopped: one that was idle, and one in the middle of a statement.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use reqwest::Method;
use tokio::task::JoinSet;

use crate::chaos::ledger;
use crate::chaos::load::{Kind, Load, Tally};
use crate::chaos::outcome::Outcome;
use crate::chaos::promise::Promise;
use crate::chaos::query;
use crate::chaos::run::{Run, Scale};
use crate::chaos::site::{Plan, Site};

/// Few, so that each is used.
const CONNECTIONS: usize = 4;
/// As long as `Retry-After` says, and a little more.
const BEFORE_RETRY: Duration = Duration::from_secs(4);

pub(crate) async fn run(run: &Run<'_>, outcome: &mut Outcome) -> anyhow::Result<()> {
    let mut settings = vec![("HEMERA_DATABASE__MAX_CONNECTIONS", CONNECTIONS.to_string())];
    if run.scale == Scale::Short {
        settings.push(("HEMERA_HTTP__HANDLER_TIMEOUT", "3s".to_owned()));
    }
    let plan = Plan {
        settings,
        ..Plan::default()
    };
    let site = Site::start(run.tools, plan).await?;
    let token = site.service_token().await?;
    idle(run, &site, &token, outcome).await?;
    busy(run, &site, &token, outcome).await?;
    site.finish().await?;
    Ok(())
}

/// The deadline of a statement, four fifths of the handler's, and what the client waits before it tries again.
fn bound(run: &Run<'_>) -> Duration {
    run.pick(Duration::from_secs(12), Duration::from_millis(2400)) + BEFORE_RETRY
}

async fn idle(run: &Run<'_>, site: &Site, token: &str, outcome: &mut Outcome) -> anyhow::Result<()> {
    run.step("an idle backend is stopped");
    let server = site.servers[0].address;
    site.warm(server, token, CONNECTIONS).await?;
    let sessions = query::sessions(site.database.pool()).await?;
    let idle = sessions.iter().find(|session| session.state == "idle");
    let idle = idle
        .ok_or_else(|| anyhow::anyhow!("no session of the server is idle"))?
        .pid;
    site.postgres.stop_backend(idle)?;
    under_load(run, site, outcome).await?;

    // The stopped one is still there; so many others must be able to wait at once.
    let whole = site.warm(server, token, CONNECTIONS).await;
    outcome.hold(
        Promise::PoolIsWholeAgain,
        whole.is_ok(),
        whole.err().map_or_else(
            || format!("{CONNECTIONS} requests at once"),
            |error| format!("{error:#}"),
        ),
    );
    site.postgres.let_backends_go_on();
    Ok(())
}

async fn busy(run: &Run<'_>, site: &Site, token: &str, outcome: &mut Outcome) -> anyhow::Result<()> {
    run.step("a busy backend is stopped");
    let server = site.servers[0].address;
    let mut lock = site.database.pool().begin().await?;
    sqlx::raw_sql("lock table course_participations in access exclusive mode")
        .execute(&mut *lock)
        .await?;
    let path = format!("participations/{}", site.participation(5).as_str());
    let mut reading = JoinSet::new();
    reading.spawn(site.attempt(Method::GET, server, &path, token).send());
    let waiting = site.until_waiting(1).await?;
    let pid = waiting.first().map_or(0, |session| session.pid);
    site.postgres.stop_backend(pid)?;
    lock.rollback().await?;
    let began = SystemClock.now();
    under_load(run, site, outcome).await?;
    let mut status = 0;
    if let Some(read) = reading.join_next().await {
        status = read??.status().as_u16();
    }
    outcome.recovered(SystemClock.now().since(began));
    outcome.hold(
        Promise::StoppedBackendCostsItsCall,
        status == 503,
        format!("the call on the busy one was answered with {status}"),
    );
    site.postgres.let_backends_go_on();
    outcome.rows(&ledger::compare(site, &[]).await?);
    Ok(())
}

async fn under_load(run: &Run<'_>, site: &Site, outcome: &mut Outcome) -> anyhow::Result<()> {
    let kind = Kind {
        callers: 4,
        pause: Duration::from_millis(20),
        writes: true,
    };
    let load = Load::start(&site.client()?, &site.participations, kind);
    run.pass(run.pick(Duration::from_secs(13), Duration::from_secs(3)))
        .await;
    let (tally, results): (Tally, _) = load.stop().await?;
    outcome.count(&tally);
    outcome.hold(
        Promise::StoppedBackendCostsItsCall,
        tally.failures() == 0 && tally.longest() <= bound(run),
        format!("{}; longest {} ms", tally.sentence(), tally.longest().as_millis()),
    );
    outcome.rows(&ledger::compare(site, &[results]).await?);
    Ok(())
}
