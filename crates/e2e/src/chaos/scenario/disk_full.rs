//! PostgreSQL's disk is full, for its data and for its log, and has space again.

use std::time::Duration;

use aither_client::HemeraClient;
use freshness::{Clock as _, SystemClock};

use crate::chaos::disk::SmallDisk;
use crate::chaos::ledger;
use crate::chaos::load::{Kind, Load, Tally};
use crate::chaos::outcome::Outcome;
use crate::chaos::promise::Promise;
use crate::chaos::run::Run;
use crate::chaos::site::{Plan, Site};

/// An empty cluster and the demo data take about half of it.
const MEGABYTES: u32 = 96;
const RECOVERS_WITHIN: Duration = Duration::from_secs(30);

pub(crate) async fn run(run: &Run<'_>, outcome: &mut Outcome) -> anyhow::Result<()> {
    if let Some(hindrance) = SmallDisk::hindrance() {
        outcome.not_run = Some(hindrance.to_owned());
        return Ok(());
    }
    let plan = Plan {
        megabytes: Some(MEGABYTES),
        ..Plan::default()
    };
    let mut site = Site::start(run.tools, plan).await?;
    let client = site.client()?;
    let kind = Kind {
        callers: 4,
        pause: Duration::from_millis(20),
        writes: true,
    };
    let load = Load::start(&client, &site.participations, kind);
    run.pass(Duration::from_secs(1)).await;

    run.step("the disk is full");
    if !fill(&site).await? {
        outcome.not_run = Some("the disk was full, and PostgreSQL did not notice".to_owned());
    }
    run.pass(run.pick(Duration::from_secs(8), Duration::from_secs(3)))
        .await;
    run.step("the disk has space again");
    let recovered = recover(&mut site, &client, outcome).await?;
    run.pass(Duration::from_secs(2)).await;
    let (tally, results) = load.stop().await?;
    outcome.count(&tally);
    if let Some(after) = recovered {
        outcome.recovered(after);
    }
    outcome.hold(
        Promise::FullDiskRecovers,
        recovered.is_some_and(|after| after <= RECOVERS_WITHIN),
        match recovered {
            Some(after) => format!("after {:.1} s", after.as_secs_f64()),
            None => "not within a minute".to_owned(),
        },
    );
    judge(&site, &tally, outcome);
    outcome.rows(&ledger::compare(&site, &[results]).await?);
    site.finish().await?;
    Ok(())
}

/// Gives the disk its space back, and says after how long a call succeeds.
async fn recover(
    site: &mut Site,
    client: &HemeraClient,
    outcome: &mut Outcome,
) -> anyhow::Result<Option<Duration>> {
    if let Some(disk) = site.postgres.disk() {
        disk.clear()?;
    }
    let began = SystemClock.now();
    if !site.postgres.runs()? {
        // It could not even start after its crash: an operator starts it again.
        outcome.note("PostgreSQL had ended, and was started again");
        site.postgres.start_again().await?;
    }
    while SystemClock.now().since(began) < RECOVERS_WITHIN * 2 {
        if client.service_participation(site.participation(20)).await.is_ok() {
            return Ok(Some(SystemClock.now().since(began)));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(None)
}

/// The server lives, and has blamed nothing but the database.
fn judge(site: &Site, tally: &Tally, outcome: &mut Outcome) {
    let log = site.servers[0].child.lines();
    let faults = log.matching(|line| line.contains("status=500"));
    outcome.hold(
        Promise::FullDiskIsOutOfReach,
        faults.is_empty(),
        format!(
            "{} answers with 500{}",
            faults.len(),
            faults
                .first()
                .map(|first| format!("; {first}"))
                .unwrap_or_default()
        ),
    );
    let lives = site.servers[0].listens();
    outcome.hold(
        Promise::FullDiskAcknowledgesNothing,
        lives,
        format!("the server goes on: {lives}; {}", tally.sentence()),
    );
}

/// Leaves no byte, and has PostgreSQL ask for more: for its data, then for the next piece of its log. Says whether it
/// was refused.
async fn fill(site: &Site) -> anyhow::Result<bool> {
    let Some(disk) = site.postgres.disk() else {
        anyhow::bail!("the cluster has no disk of its own");
    };
    disk.fill()?;
    let mut refused = false;
    for statement in [
        "create table ballast as select repeat('x', 1000) as text from generate_series(1, 20000)",
        "select pg_switch_wal()",
        "select pg_switch_wal()",
    ] {
        // It may end the session.
        refused |= sqlx::raw_sql(statement)
            .execute(site.database.pool())
            .await
            .is_err();
    }
    Ok(refused)
}
