//! The network swallows what the server's connections to PostgreSQL carry. No reset says so; new connections work.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use nix::sys::signal::Signal;
use reqwest::Method;

use crate::chaos::ledger;
use crate::chaos::load::{Kind, Load};
use crate::chaos::outcome::Outcome;
use crate::chaos::promise::Promise;
use crate::chaos::run::{Run, Scale};
use crate::chaos::served::Server;
use crate::chaos::site::{Plan, Site};

/// As many as the server has by default.
const CONNECTIONS: usize = 10;
const RECOVERS_WITHIN: Duration = Duration::from_secs(20);
/// After the drain time-out the audit queue has this long.
const AUDIT_DEADLINE: Duration = Duration::from_secs(10);
/// After a second signal.
const AT_ONCE: Duration = Duration::from_secs(3);
/// What a process takes to be seen as ended.
const SLACK: Duration = Duration::from_secs(1);

pub(crate) async fn run(run: &Run<'_>, outcome: &mut Outcome) -> anyhow::Result<()> {
    let mut settings = Vec::new();
    if run.scale == Scale::Short {
        settings.push(("HEMERA_HTTP__HANDLER_TIMEOUT", "3s".to_owned()));
        settings.push(("HEMERA_HTTP__DRAIN_TIMEOUT", "4s".to_owned()));
    }
    let plan = Plan {
        settings,
        ..Plan::default()
    };
    let mut site = Site::start(run.tools, plan).await?;
    let token = site.service_token().await?;
    all_at_once(run, &site, &token, outcome).await?;
    the_writers(run, &site, outcome).await?;
    let server = site.servers.remove(0);
    let drain = run.pick(Duration::from_secs(20), Duration::from_secs(4));
    run.step("SIGTERM while all is silent");
    let bound = drain + AUDIT_DEADLINE + SLACK;
    let ended = ended_by(&site, server, &token, 1, bound).await?;
    outcome.hold(
        Promise::EndsWhileSilent,
        ended.is_some_and(|took| took <= bound),
        in_words(ended, bound),
    );
    run.step("two signals while all is silent");
    let server = site.new_server().await?;
    let bound = AT_ONCE + SLACK;
    let ended = ended_by(&site, server, &token, 2, bound).await?;
    outcome.hold(
        Promise::SecondSignalEnds,
        ended.is_some_and(|took| took <= bound),
        in_words(ended, bound),
    );
    site.finish().await?;
    Ok(())
}

/// Every connection falls silent under load.
async fn all_at_once(run: &Run<'_>, site: &Site, token: &str, outcome: &mut Outcome) -> anyhow::Result<()> {
    run.step("every connection falls silent");
    let server = site.servers[0].address;
    let client = site.client()?;
    site.warm(server, token, CONNECTIONS).await?;
    let kind = Kind {
        callers: 4,
        pause: Duration::from_millis(20),
        writes: true,
    };
    let load = Load::start(&client, &site.participations, kind);
    run.pass(Duration::from_secs(1)).await;
    site.proxy.silence();
    let began = SystemClock.now();
    let path = format!("participations/{}", site.participation(10).as_str());
    let recovered = loop {
        let answer = site.attempt(Method::GET, server, &path, token).send().await;
        let waited = SystemClock.now().since(began);
        if answer.is_ok_and(|answer| answer.status() == 200) {
            break Some(waited);
        }
        if waited > RECOVERS_WITHIN * 2 {
            break None;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    run.pass(Duration::from_secs(1)).await;
    let (tally, results) = load.stop().await?;
    outcome.count(&tally);
    outcome.hold(
        Promise::SilentRecovery,
        recovered.is_some_and(|after| after <= RECOVERS_WITHIN),
        in_words(recovered, RECOVERS_WITHIN * 2),
    );
    if let Some(after) = recovered {
        outcome.recovered(after);
    }
    outcome.rows(&ledger::compare(site, &[results]).await?);
    Ok(())
}

/// One connection falls silent in the middle of an insert of audit records.
async fn the_writers(run: &Run<'_>, site: &Site, outcome: &mut Outcome) -> anyhow::Result<()> {
    run.step("the audit writer's connection falls silent");
    let client = site.client()?;
    let kind = Kind {
        callers: 2,
        pause: Duration::from_millis(50),
        writes: false,
    };
    let mut lock = site.database.pool().begin().await?;
    sqlx::raw_sql("lock table audit_log in exclusive mode")
        .execute(&mut *lock)
        .await?;
    let load = Load::start(&client, &site.participations, kind);
    let waiting = site.until_waiting(1).await?;
    let writers = waiting.iter().find(|session| session.query.contains("audit_log"));
    let writers = writers.map(|session| u16::try_from(session.port)).transpose()?;
    let Some(port) = writers else {
        anyhow::bail!("no insert of audit records waits for the lock of their table");
    };
    site.proxy.silence_from(port);
    lock.rollback().await?;
    // Longer than the deadline of a statement, four fifths of the handler's.
    run.pass(run.pick(Duration::from_secs(14), Duration::from_secs(4)))
        .await;
    let (tally, results) = load.stop().await?;
    outcome.count(&tally);
    outcome.no_failures(Promise::SilentAuditWriter, &tally);
    outcome.rows(&ledger::compare(site, &[results]).await?);
    Ok(())
}

/// Silences everything, has a request wait for it, and sends so many signals. Gives how long the process took to end.
async fn ended_by(
    site: &Site,
    mut server: Server,
    token: &str,
    signals: usize,
    bound: Duration,
) -> anyhow::Result<Option<Duration>> {
    site.warm(server.address, token, CONNECTIONS).await?;
    site.proxy.silence();
    let path = format!("participations/{}", site.participation(0).as_str());
    let hanging = tokio::spawn(site.attempt(Method::GET, server.address, &path, token).send());
    tokio::time::sleep(Duration::from_millis(200)).await;
    let began = SystemClock.now();
    for _ in 0..signals {
        server.child.signal(Signal::SIGTERM)?;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // A code says that it ended by itself; after the bound it is killed.
    let code = server.child.end_within(bound * 2).await?;
    let took = SystemClock.now().since(began);
    hanging.abort();
    Ok(code.map(|_| took))
}

fn in_words(took: Option<Duration>, patience: Duration) -> String {
    match took {
        Some(took) => format!("after {:.1} s", took.as_secs_f64()),
        None => format!("not within {:.0} s", patience.as_secs_f64()),
    }
}
