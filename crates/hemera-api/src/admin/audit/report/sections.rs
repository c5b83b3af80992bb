//! What the report says, section by section.

use std::time::Duration;

use hemera_types::Timestamp;
use time::OffsetDateTime;

use super::super::grid::{Align, Grid, counted};
use super::Report;
use super::page::PageSection;
use super::query::FoundInPeriod;
use super::rules::ONLY_PROMETHEUS;
use super::scrape::Scraped;
use crate::version::VERSION_AND_COMMIT;

/// All sections, in the order of the page.
pub(super) fn of(report: &Report) -> Vec<PageSection> {
    let found = &report.found;
    let mut sections = vec![
        head(report),
        operations(found),
        refusals(found),
        limits(found),
        tokens(report),
        events(found),
        alerts(report),
        trail(found),
    ];
    sections.extend(servers(&report.servers));
    sections
}

fn head(report: &Report) -> PageSection {
    let trail = &report.found.trail;
    PageSection::new("Hemera, report")
        .line(format!("Period: {}", report.period))
        .line(format!(
            "Database {}, PostgreSQL {}; made at {} by hemera-api {VERSION_AND_COMMIT}",
            report.database,
            report.found.postgresql,
            Timestamp::from(report.made_at)
        ))
        .line(format!(
            "{} on record, in {}",
            counted(trail.requests, "request"),
            counted(trail.records, "record")
        ))
}

fn operations(found: &FoundInPeriod) -> PageSection {
    let mut grid = Grid::new(&[
        ("operation", Align::Left),
        ("requests", Align::Right),
        ("refused", Align::Right),
        ("failed", Align::Right),
        ("p50 ms", Align::Right),
        ("p95 ms", Align::Right),
        ("p99 ms", Align::Right),
        ("max ms", Align::Right),
    ]);
    for row in &found.operations {
        grid.row(vec![
            row.operation
                .clone()
                .unwrap_or_else(|| "(none matched)".to_owned()),
            row.requests.to_string(),
            row.refused.to_string(),
            row.failed.to_string(),
            milliseconds(row.p50),
            milliseconds(row.p95),
            milliseconds(row.p99),
            milliseconds(row.max.map(exact)),
        ]);
    }
    PageSection::new("Calls and latency")
        .with(grid, "no request")
        .line("Latency: of successes, from the arrival of a request to its record.")
}

fn refusals(found: &FoundInPeriod) -> PageSection {
    let mut grid = Grid::new(&[
        ("status", Align::Right),
        ("reason", Align::Left),
        ("requests", Align::Right),
        ("callers", Align::Right),
        ("first (UTC)", Align::Left),
        ("last (UTC)", Align::Left),
    ]);
    for row in &found.refusals {
        grid.row(vec![
            row.status.to_string(),
            row.reason.clone().unwrap_or_else(|| "-".to_owned()),
            row.requests.to_string(),
            row.callers.to_string(),
            second(row.first_at),
            second(row.last_at),
        ]);
    }
    let listed = i64::try_from(found.refusals.len()).unwrap_or(i64::MAX);
    let total = found.refusals.first().map_or(0, |row| row.total);
    let section =
        PageSection::new("Refusals and failures by reason").with(grid, "no request was refused or failed");
    if total > listed {
        section.line(format!(
            "{listed} of {total} reasons, those with the most requests"
        ))
    } else {
        section
    }
}

fn limits(found: &FoundInPeriod) -> PageSection {
    let mut grid = Grid::new(&[
        ("caller", Align::Left),
        ("role", Align::Left),
        ("requests", Align::Right),
        ("first (UTC)", Align::Left),
        ("last (UTC)", Align::Left),
    ]);
    for row in &found.limited {
        grid.row(vec![
            row.subject.clone().unwrap_or_else(|| "(not proven)".to_owned()),
            row.role.clone().unwrap_or_else(|| "-".to_owned()),
            row.requests.to_string(),
            second(row.first_at),
            second(row.last_at),
        ]);
    }
    PageSection::new("Rate limits (429)").with(grid, "no request was over a limit")
}

fn tokens(report: &Report) -> PageSection {
    let mut grid = Grid::new(&[
        ("caller", Align::Left),
        ("proof", Align::Left),
        ("tokens", Align::Right),
        ("tokens an hour", Align::Right),
        ("sessions", Align::Right),
        ("requests", Align::Right),
    ]);
    let hours = (report.period.until - report.period.since).as_seconds_f64() / 3600.0;
    for row in &report.found.tokens {
        grid.row(vec![
            row.subject.clone().unwrap_or_else(|| "-".to_owned()),
            row.proof.clone().unwrap_or_else(|| "-".to_owned()),
            row.tokens.to_string(),
            format!("{:.1}", exact(row.tokens) / hours),
            row.sessions.to_string(),
            row.requests.to_string(),
        ]);
    }
    PageSection::new("Token refreshes")
        .with(grid, "no token was used")
        .line("Tokens: how many different ones came. Tokens that were minted and not used are in the metrics of Aither alone.")
}

fn events(found: &FoundInPeriod) -> PageSection {
    let mut grid = Grid::new(&[
        ("event", Align::Left),
        ("requests", Align::Right),
        ("callers", Align::Right),
        ("first (UTC)", Align::Left),
        ("last (UTC)", Align::Left),
    ]);
    for row in &found.events {
        grid.row(vec![
            row.event.clone(),
            row.requests.to_string(),
            row.callers.to_string(),
            second(row.first_at),
            second(row.last_at),
        ]);
    }
    PageSection::new("Security events").with(grid, "none")
}

fn alerts(report: &Report) -> PageSection {
    let mut grid = Grid::new(&[
        ("alert", Align::Left),
        ("of", Align::Left),
        ("first (UTC, by the minute)", Align::Left),
    ]);
    for fired in &report.fired {
        let at = fired.at.as_deref().map_or("-", |at| at.get(..16).unwrap_or(at));
        grid.row(vec![fired.alert.to_owned(), fired.of.clone(), at.to_owned()]);
    }
    PageSection::new("Alerts that would have fired")
        .with(grid, "none of those that the audit trail can tell of")
        .line(format!(
            "Only Prometheus can tell of: {}.",
            ONLY_PROMETHEUS.join(", ")
        ))
}

fn trail(found: &FoundInPeriod) -> PageSection {
    let trail = &found.trail;
    let section = PageSection::new("Audit trail, now");
    let waiting = match trail.oldest_pending_seconds {
        Some(age) => format!(
            "{} not in the transparency log; the oldest has waited for {}",
            counted(trail.pending, "record"),
            span(age)
        ),
        None => "every record is in the transparency log".to_owned(),
    };
    match (trail.epoch, trail.size) {
        (Some(epoch), Some(size)) => {
            let checkpoint = trail.checkpoint_age_seconds.map_or_else(
                || "no checkpoint yet".to_owned(),
                |age| format!("last checkpoint {} ago", span(age)),
            );
            section.line(format!(
                "epoch {epoch}, {} in the log; {checkpoint}; {waiting}",
                counted(size, "leaf").replace("leafs", "leaves")
            ))
        }
        _ => section.line(format!(
            "there is no transparency log: no server has had audit.key_file; {waiting}"
        )),
    }
}

fn servers(servers: &[Scraped]) -> Vec<PageSection> {
    if servers.is_empty() {
        let section = PageSection::new("Servers").line(
            "Not available: role look-ups, age of the key set, and versions of servers. Give --metrics-url, or \
             HEMERA_METRICS__LISTEN of a server on this machine.",
        );
        return vec![section];
    }
    servers.iter().map(server).collect()
}

fn server(scraped: &Scraped) -> PageSection {
    let section = PageSection::new(format!("Server {}", scraped.url));
    if let Some(error) = &scraped.error {
        return section.line(format!(
            "Not available: role look-ups, age of the key set, and version: {error}"
        ));
    }
    let build = scraped.of("hemera_build_info").map(|(labels, _)| labels).next();
    let began = scraped.value("process_start_time_seconds").and_then(began_at);
    let counts = |metric: &str| {
        let counts: Vec<String> = scraped
            .of(metric)
            .map(|(labels, count)| format!("{} {count}", labels.replace('"', "").replace(',', " ")))
            .collect();
        if counts.is_empty() {
            "none".to_owned()
        } else {
            counts.join(", ")
        }
    };
    let age = scraped.value("hemera_key_set_age_seconds").map_or_else(
        || "not known (none was read, or CLERK_JWT_KEY is set)".to_owned(),
        span,
    );
    section
        .line(format!(
            "Version: {}; runs since {}",
            build.unwrap_or("not known").replace('"', ""),
            began.unwrap_or_else(|| "a time that it does not say".to_owned())
        ))
        .line("The counts are those since then, which may be before the period.")
        .line(format!("Role look-ups: {}", counts("hemera_role_lookups_total")))
        .line(format!("Roles used: {}", counts("hemera_role_uses_total")))
        .line(format!(
            "Age of the key set: {age}; reads of it: {}",
            counts("hemera_key_set_fetches_total")
        ))
        .line(format!(
            "Credentials accepted: {}",
            counts("hemera_auth_accepted_total")
        ))
        .line(format!(
            "Decisions on limits: {}",
            counts("hemera_rate_limit_decisions_total")
        ))
}

#[expect(clippy::cast_possible_truncation, reason = "seconds since 1970")]
fn began_at(seconds: f64) -> Option<String> {
    let time = OffsetDateTime::from_unix_timestamp(seconds as i64).ok()?;
    Some(format!("{} UTC", second(time)))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "numbers of requests and microseconds are far below 2^52"
)]
fn exact(number: i64) -> f64 {
    number as f64
}

fn milliseconds(microseconds: Option<f64>) -> String {
    microseconds.map_or_else(|| "-".to_owned(), |span| format!("{:.1}", span / 1000.0))
}

/// A time by the second.
fn second(time: OffsetDateTime) -> String {
    let text = Timestamp::from(time).to_string();
    text.get(..19).unwrap_or(&text).replace('T', " ")
}

/// A number of seconds, as people read it.
fn span(seconds: f64) -> String {
    let seconds = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or_default();
    if seconds < Duration::from_secs(10) {
        return format!("{:.1} s", seconds.as_secs_f64());
    }
    humantime::format_duration(Duration::from_secs(seconds.as_secs())).to_string()
}
