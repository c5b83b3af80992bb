//! One of two servers is killed, and one is asked to end, under the load of callers that leave no pause.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};

use crate::chaos::ledger;
use crate::chaos::load::{Kind, Load};
use crate::chaos::outcome::Outcome;
use crate::chaos::promise::Promise;
use crate::chaos::run::Run;
use crate::chaos::site::{Plan, Site};

pub(crate) async fn run(run: &Run<'_>, outcome: &mut Outcome) -> anyhow::Result<()> {
    let plan = Plan {
        servers: 2,
        ..Plan::default()
    };
    let mut site = Site::start(run.tools, plan).await?;
    let client = site.client()?;
    let kind = Kind {
        callers: 4,
        pause: Duration::ZERO,
        writes: true,
    };
    let load = Load::start(&client, &site.participations, kind);
    let mut kills = Vec::new();
    for round in 0..run.pick(5, 1) {
        run.step(&format!("round {}: kill -9", round + 1));
        run.pass(Duration::from_secs(1)).await;
        let victim = site.servers.remove(0);
        kills.push(SystemClock.now().monotonic);
        victim.child.kill().await?;
        run.pass(Duration::from_secs(1)).await;
        let fresh = site.new_server().await?;
        site.servers.push(fresh);
        site.lead_to_servers();

        run.step(&format!("round {}: SIGTERM", round + 1));
        run.pass(Duration::from_secs(1)).await;
        let victim = site.servers.remove(0);
        let code = victim.child.stop().await?;
        outcome.hold(Promise::EndsInOrder, code == 0, format!("exit code {code}"));
        let fresh = site.new_server().await?;
        site.servers.push(fresh);
        site.lead_to_servers();
    }
    run.pass(Duration::from_secs(1)).await;
    let (tally, results) = load.stop().await?;
    outcome.count(&tally);
    outcome.no_failures(Promise::NoCallFails, &tally);
    outcome.rows(&ledger::compare_after_kills(&site, &[results], &kills).await?);
    site.finish().await?;
    Ok(())
}
