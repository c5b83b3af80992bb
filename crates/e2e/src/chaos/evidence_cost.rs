//! What the transparency log costs: reads on a server without it and on one with it, in turns; and how long a server needs to
//! make many records leaves.

use std::time::Duration;

use anyhow::Context as _;
use freshness::{Clock as _, SystemClock};

use crate::auditor::LogKey;
use crate::chaos::load::{Kind, Load};
use crate::chaos::query;
use crate::chaos::run::Run;
use crate::chaos::site::{Plan, Site};

/// How often each of the two is measured.
const ROUNDS: usize = 3;
/// How long.
const SPAN: Duration = Duration::from_secs(5);
/// The longest that records may wait for the log.
const PATIENCE: Duration = Duration::from_mins(1);

/// How many records are made leaves at once.
const RECORDS: i32 = 100_000;

/// Reads a second without and with the log, and how long many records take, in sentences.
pub(crate) async fn measure(run: &Run<'_>) -> anyhow::Result<[String; 2]> {
    let key = LogKey::make(&run.tools.hemera_api).await?;
    let settings: Vec<(&str, String)> = key.settings();
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut site = Site::start(run.tools, Plan::default()).await?;
    let mut rates = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        for (place, settings) in [&[][..], &settings[..]].into_iter().enumerate() {
            run.step(&format!("what the log costs, round {} of {ROUNDS}", round + 1));
            for server in std::mem::take(&mut site.servers) {
                server.child.stop().await?;
            }
            let server = site.new_server_with(settings).await?;
            site.servers.push(server);
            site.lead_to_servers();
            if !settings.is_empty() {
                sequenced(&site).await?;
            }
            rates[place].push(rate(run, &site).await?);
        }
    }
    run.step("what the log costs: many records at once");
    let sequencing = sequencing(&site).await?;
    site.finish().await?;
    let [without, with] = rates.map(median);
    let reads = format!(
        "reads a second, median of {ROUNDS} in turns: {without:.0} without the log, {with:.0} with it, ratio {:.2}",
        with / without
    );
    Ok([reads, sequencing])
}

/// How long the server, which has nothing else to do, needs for many records that appear together.
async fn sequencing(site: &Site) -> anyhow::Result<String> {
    let server = site.servers.first().context("no server runs")?;
    query::insert_records(site.database.pool(), RECORDS).await?;
    let (began, before) = (SystemClock.now(), server.child.processor_time());
    sequenced(site).await?;
    let took = SystemClock.now().since(began);
    let used = server.child.processor_time().zip(before);
    let used = used.map(|(after, before)| {
        format!(
            ", {:.1} s of the server's processor",
            after.saturating_sub(before).as_secs_f64()
        )
    });
    Ok(format!(
        "{RECORDS} records at once are leaves after {:.1} s{}",
        took.as_secs_f64(),
        used.unwrap_or_default()
    ))
}

/// Reads a second of callers that leave no pause.
async fn rate(run: &Run<'_>, site: &Site) -> anyhow::Result<f64> {
    let client = site.client()?;
    let kind = Kind {
        callers: 8,
        pause: Duration::ZERO,
        writes: false,
    };
    let load = Load::start(&client, &site.participations, kind);
    run.pass(Duration::from_secs(1)).await;
    let (began, before) = (SystemClock.now(), load.calls());
    run.pass(SPAN).await;
    let (took, calls) = (SystemClock.now().since(began), load.calls() - before);
    load.stop().await?;
    Ok(f64::from(u32::try_from(calls)?) / took.as_secs_f64())
}

/// Waits until no record waits for the log: those of the server without it do.
async fn sequenced(site: &Site) -> anyhow::Result<()> {
    let began = SystemClock.now();
    while query::waiting_for_the_log(site.database.pool()).await? > 0 {
        let waited = SystemClock.now().since(began);
        anyhow::ensure!(waited < PATIENCE, "records wait for the transparency log");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}
