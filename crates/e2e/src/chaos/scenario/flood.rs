//! Callers that Hemera serves nothing send as much as the machine gives: one user, fifty users, and callers without a
//! credential.

use std::time::Duration;

use anyhow::anyhow;
use clerk::NewUser;
use freshness::{Clock as _, SystemClock};
use time::OffsetDateTime;

use crate::chaos::flood::Flood;
use crate::chaos::ledger;
use crate::chaos::load::{Kind, Load, Tally};
use crate::chaos::outcome::Outcome;
use crate::chaos::promise::Promise;
use crate::chaos::query;
use crate::chaos::run::Run;
use crate::chaos::site::{Plan, Site};

const RATE: u32 = 5_000;
const USERS: usize = 50;
const CONNECTIONS: usize = 50;
const MOST_RECORDS: i64 = 100;
/// What the flood may make of Aither's p99, beside the delay below. Flooder, server, PostgreSQL and this caller share the
/// processors here, so that some of it is the machine's.
const MOST_TIMES: u32 = 3;
const MOST_DELAY: Duration = Duration::from_millis(50);

pub(crate) async fn run(run: &Run<'_>, outcome: &mut Outcome) -> anyhow::Result<()> {
    let site = Site::start(run.tools, Plan::default()).await?;
    let users = users(&site).await?;
    let unknown = ["not.a.token".to_owned()];
    run.step("Aither alone");
    let load = Load::start(&site.client()?, &site.participations, AITHER);
    run.pass(run.pick(Duration::from_secs(10), Duration::from_secs(3)))
        .await;
    let (alone, results) = load.stop().await?;
    let mut all_results = vec![results];
    for (who, credentials) in [
        ("one user", &users[..1]),
        ("fifty users", &users[..]),
        ("unproven callers", &unknown[..]),
    ] {
        run.step(&format!("a flood by {who}"));
        let began = OffsetDateTime::from(SystemClock.now().wall);
        let server = site.servers[0].address;
        let flood = Flood::start(server, credentials, CONNECTIONS, RATE).await?;
        let load = Load::start(&site.client()?, &site.participations, AITHER);
        run.pass(run.pick(Duration::from_secs(20), Duration::from_secs(3)))
            .await;
        let flooded = flood.stop().await?;
        let (tally, results) = load.stop().await?;
        all_results.push(results);
        outcome.count(&tally);
        let records = query::most_records_a_minute(site.database.pool(), &site.subject, began).await?;
        outcome.hold(
            Promise::FloodMakesFewRecords,
            records < MOST_RECORDS,
            format!(
                "{who}: {records} records at {:.0} requests a second",
                flooded.rate
            ),
        );
        compare(run, who, &alone, &tally, outcome);
        outcome.hold(
            Promise::NothingFailsInside,
            flooded.failed == 0,
            format!("{who}: {} answers with 500", flooded.failed),
        );
    }
    outcome.rows(&ledger::compare(&site, &all_results).await?);
    site.finish().await?;
    Ok(())
}

/// A job of Aither's: calls at a pace of their own, with writes.
const AITHER: Kind = Kind {
    callers: 2,
    pause: Duration::from_millis(20),
    writes: true,
};

fn compare(run: &Run<'_>, who: &str, alone: &Tally, flooded: &Tally, outcome: &mut Outcome) {
    let (before, during) = (alone.quantile(990), flooded.quantile(990));
    outcome.hold(
        Promise::FloodDelaysAitherLittle,
        flooded.failures() == 0 && (!run.is_release || during <= before * MOST_TIMES + MOST_DELAY),
        format!(
            "{who}: p99 {:.1} ms, alone {:.1} ms, ratio {:.1}; {}",
            during.as_secs_f64() * 1e3,
            before.as_secs_f64() * 1e3,
            during.as_secs_f64() / before.as_secs_f64().max(1e-6),
            flooded.sentence()
        ),
    );
}

/// Tokens of ordinary users of the instance.
async fn users(site: &Site) -> anyhow::Result<Vec<String>> {
    let mut tokens = Vec::new();
    for number in 0..USERS {
        let user = NewUser::without_password(format!("ordinary-{number}@hemera-academy.com"));
        let user = site
            .accounts
            .backend()
            .users()
            .create(user)
            .await
            .map_err(|error| anyhow!("{error}"))?;
        tokens.push(site.token_of(&user.id).await?);
    }
    Ok(tokens)
}
