//! `hemera-api report`: a period in one page, such as the first 24 hours.

mod alerts;
mod burn;
mod fired;
mod page;
mod query;
mod rules;
mod scrape;
mod sections;

use std::process::ExitCode;

use clap::Args;
use freshness::Clock;
use hemera_types::Timestamp;
use serde_json::{Value, json};
use time::OffsetDateTime;
use url::Url;

use self::fired::Fired;
use self::scrape::Scraped;
use super::error::AuditCommandError;
use super::period::{Period, PeriodArguments};
use super::session::Session;
use crate::admin::{Console, Failure};
use crate::config::{DatabaseUrl, Inputs, load_report};
use crate::version::{COMMIT, VERSION};

#[derive(Args, Debug)]
pub(crate) struct ReportArguments {
    #[command(flatten)]
    period: PeriodArguments,
    /// The metrics of a running server, for example `http://127.0.0.1:9464/metrics`; once for each server. Without it, those
    /// at `HEMERA_METRICS__LISTEN` of the settings
    #[arg(long, value_name = "URL")]
    metrics_url: Vec<Url>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print Markdown, to file away
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
}

/// All that a report says.
struct Report {
    period: Period,
    made_at: OffsetDateTime,
    database: String,
    found: query::FoundInPeriod,
    fired: Vec<Fired>,
    servers: Vec<Scraped>,
}

pub(crate) async fn run(
    inputs: &Inputs,
    console: &Console,
    clock: &dyn Clock,
    arguments: &ReportArguments,
) -> Result<ExitCode, Failure> {
    let (url, listen) = load_report(inputs)?;
    let mut addresses = arguments.metrics_url.clone();
    if addresses.is_empty() {
        addresses.extend(listen.and_then(scrape::url_of));
    }
    let report = gather(clock, arguments, &url, &addresses).await?;
    let sections = sections::of(&report);
    if arguments.json {
        console.print(as_json(&report));
    } else if arguments.markdown {
        console.print_text(page::markdown(&sections));
    } else {
        page::print(console, &sections);
    }
    Ok(ExitCode::SUCCESS)
}

async fn gather(
    clock: &dyn Clock,
    arguments: &ReportArguments,
    url: &DatabaseUrl,
    addresses: &[Url],
) -> Result<Report, AuditCommandError> {
    let period = arguments.period.resolved(clock)?;
    let mut session = Session::to_read(url, "report").await?;
    let found = query::all(&mut session, period).await?;
    let fired = alerts::fired(&mut session, period, &found).await?;
    session.close().await;
    let mut servers = Vec::new();
    for address in addresses {
        servers.push(scrape::read(address).await);
    }
    Ok(Report {
        period,
        made_at: clock.now().wall.into(),
        database: url.shown(),
        found,
        fired,
        servers,
    })
}

fn as_json(report: &Report) -> Value {
    json!({
        "since": Timestamp::from(report.period.since),
        "until": Timestamp::from(report.period.until),
        "madeAt": Timestamp::from(report.made_at),
        "database": report.database,
        "versions": { "reportedBy": { "version": VERSION, "commit": COMMIT }, "postgresql": report.found.postgresql },
        "operations": report.found.operations,
        "refusals": report.found.refusals,
        "limited": report.found.limited,
        "tokens": report.found.tokens,
        "securityEvents": report.found.events,
        "auditTrail": report.found.trail,
        "alertsThatWouldHaveFired": report.fired,
        "alertsThatOnlyPrometheusCanTell": rules::ONLY_PROMETHEUS,
        "servers": report.servers,
    })
}
