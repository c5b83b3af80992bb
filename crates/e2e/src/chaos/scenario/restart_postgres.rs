//! PostgreSQL is restarted while all connections of the server's pool are open.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use reqwest::Method;

use crate::chaos::ledger;
use crate::chaos::load::{Kind, Load};
use crate::chaos::outcome::Outcome;
use crate::chaos::promise::Promise;
use crate::chaos::run::Run;
use crate::chaos::site::{Plan, Site};

pub(crate) async fn run(run: &Run<'_>, outcome: &mut Outcome) -> anyhow::Result<()> {
    let sizes: &[usize] = run.pick(&[10, 30], &[10]);
    for connections in sizes {
        let plan = Plan {
            settings: vec![("HEMERA_DATABASE__MAX_CONNECTIONS", connections.to_string())],
            ..Plan::default()
        };
        let mut site = Site::start(run.tools, plan).await?;
        single_attempts(run, &mut site, *connections, outcome).await?;
        under_load(run, &mut site, *connections, outcome).await?;
        site.finish().await?;
    }
    Ok(())
}

/// One attempt after the other once PostgreSQL is back, as many as there were connections.
async fn single_attempts(
    run: &Run<'_>,
    site: &mut Site,
    connections: usize,
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    run.step(&format!("{connections} open connections, single attempts"));
    let server = site.servers[0].address;
    let token = site.service_token().await?;
    site.warm(server, &token, connections).await?;
    site.postgres.restart().await?;
    let path = format!("participations/{}", site.participation(0).as_str());
    let mut failed = 0;
    for _ in 0..connections {
        let answer = site.attempt(Method::GET, server, &path, &token).send().await?;
        failed += usize::from(answer.status() != 200);
    }
    outcome.hold(
        Promise::OneAttemptPerRestart,
        failed <= 1,
        format!("{failed} of {connections} attempts failed"),
    );
    Ok(())
}

/// Callers that go on through a restart.
async fn under_load(
    run: &Run<'_>,
    site: &mut Site,
    connections: usize,
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    run.step(&format!("{connections} open connections, callers go on"));
    let server = site.servers[0].address;
    let token = site.service_token().await?;
    site.warm(server, &token, connections).await?;
    let kind = Kind {
        callers: 4,
        pause: Duration::from_millis(10),
        writes: true,
    };
    let client = site.client()?;
    let load = Load::start(&client, &site.participations, kind);
    run.pass(Duration::from_secs(1)).await;
    let away = site.postgres.restart().await?;
    let began = SystemClock.now();
    let first = client.service_participation(site.participation(20)).await;
    outcome.recovered(SystemClock.now().since(began));
    run.pass(run.pick(Duration::from_secs(4), Duration::from_secs(2)))
        .await;
    let (tally, results) = load.stop().await?;
    outcome.count(&tally);
    outcome.no_failures(Promise::NoCallFails, &tally);
    outcome.hold(
        Promise::NoCallFails,
        first.is_ok(),
        format!(
            "a first call after {:.1} s without PostgreSQL",
            away.as_secs_f64()
        ),
    );
    outcome.rows(&ledger::compare(site, &[results]).await?);
    Ok(())
}
