//! Many mixed requests over two servers, of which one is killed and one is restarted: each has its record, and all records are
//! in one log without a gap.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};

use crate::auditor::{Auditor, LogKey};
use crate::chaos::evidence_cost;
use crate::chaos::ledger;
use crate::chaos::load::{Kind, Load};
use crate::chaos::outcome::Outcome;
use crate::chaos::promise::Promise;
use crate::chaos::run::{Run, Scale};
use crate::chaos::site::{Plan, Site};

/// How many requests a full run and a short one send.
const REQUESTS: (usize, usize) = (100_000, 1_000);

pub(crate) async fn run(run: &Run<'_>, outcome: &mut Outcome) -> anyhow::Result<()> {
    let key = LogKey::make(&run.tools.hemera_api).await?;
    let plan = Plan {
        servers: 2,
        settings: key.settings(),
        ..Plan::default()
    };
    let mut site = Site::start(run.tools, plan).await?;
    let client = site.client()?;
    let kind = Kind {
        callers: 8,
        pause: Duration::ZERO,
        writes: true,
    };
    let requests = run.pick(REQUESTS.0, REQUESTS.1);
    let load = Load::start(&client, &site.participations, kind);

    until(run, &load, requests / 4).await;
    run.step("kill -9");
    let victim = site.servers.remove(0);
    let kills = [SystemClock.now().monotonic];
    victim.child.kill().await?;
    until(run, &load, requests / 2).await;
    let fresh = site.new_server().await?;
    site.servers.push(fresh);
    site.lead_to_servers();

    run.step("SIGTERM, and a new server in its place");
    until(run, &load, requests * 3 / 4).await;
    let victim = site.servers.remove(0);
    let code = victim.child.stop().await?;
    outcome.hold(Promise::EndsInOrder, code == 0, format!("exit code {code}"));
    let fresh = site.new_server().await?;
    site.servers.push(fresh);
    site.lead_to_servers();

    until(run, &load, requests).await;
    let (tally, results) = load.stop().await?;
    outcome.count(&tally);
    outcome.no_failures(Promise::NoCallFails, &tally);
    outcome.rows(&ledger::compare_after_kills(&site, &[results], &kills).await?);

    check(run, &mut site, &key, outcome).await?;
    site.finish().await?;
    if run.is_release && run.scale == Scale::Full {
        for note in evidence_cost::measure(run).await? {
            outcome.note(note);
        }
    }
    Ok(())
}

/// Ends the servers, and holds what an auditor then finds.
async fn check(run: &Run<'_>, site: &mut Site, key: &LogKey, outcome: &mut Outcome) -> anyhow::Result<()> {
    run.step("the servers end, and an auditor checks the log");
    for server in std::mem::take(&mut site.servers) {
        server.child.stop().await?;
    }
    let auditor = Auditor {
        hemera_api: &run.tools.hemera_api,
        url: site.database.auditor_url(),
        key,
    };
    let began = SystemClock.now();
    let verified = auditor.verify().await?;
    let took = SystemClock.now().since(began);
    outcome.hold(
        Promise::OneLogWithoutGap,
        verified.is_whole(),
        verified.sentence(),
    );
    outcome.note(format!("checked in {:.1} s", took.as_secs_f64()));
    Ok(())
}

/// Waits until the callers have made so many calls.
async fn until(run: &Run<'_>, load: &Load, calls: usize) {
    while load.calls() < calls {
        run.pass(Duration::from_millis(50)).await;
    }
}
