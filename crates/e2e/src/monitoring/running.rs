//! The stack, a Prometheus on it, and everything that is held against both.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;

use aither_client::HemeraClient;
use anyhow::Context;
use freshness::{Clock, Moment, SystemClock};
use reqwest::header::ACCEPT;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use url::Url;

use super::exposition::{Exposition, plain};
use super::names::Known;
use super::prometheus::{Prometheus, PrometheusPrograms as Watching};
use super::row::Row;
use super::{dashboard, traffic};
use crate::auditor::LogKey;
use crate::failure::Failure;
use crate::scenario::{ServiceKey, enrolled_at, ticket};
use crate::stack::{Instance, Programs, Stack};
use crate::walk::Walk;

/// How long something may take to be seen after it happened: scrape, evaluation, and another scrape.
const SEEN: Duration = Duration::from_secs(20);
/// How long a query may be without a result, for two scrapes and some more.
const EMPTY: Duration = Duration::from_secs(5);
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

const OPEN_METRICS: &str = "application/openmetrics-text";

/// An alert that fires in ordinary work here, because the stack's service key ends soon on purpose.
const ORDINARY: &str = "HemeraServiceKeyEnds";

/// The two programs that are scraped, and what scrapes them.
pub(super) struct Running<'a> {
    walk: &'a Walk<'a>,
    key: &'a ServiceKey,
    client: &'a HemeraClient,
    metrics: [(&'static str, Url); 2],
    watching: &'a Watching,
    prometheus: Prometheus,
    rows: Vec<Row>,
}

impl Running<'_> {
    /// Starts all of it, holds everything, and stops it again.
    pub(super) async fn walk(programs: &Programs, watching: &Watching) -> anyhow::Result<Vec<Row>> {
        let key = ServiceKey::make();
        let log_key = LogKey::make(&programs.hemera_api).await?;
        let mut settings = key.settings();
        settings.extend(log_key.settings());
        let end = time::OffsetDateTime::from(SystemClock.now().wall) + time::Duration::days(10);
        let end = end.format(&time::format_description::well_known::Rfc3339)?;
        settings.push(("HEMERA_SERVICE_KEYS__ROLLBACK__EXPIRES", end));
        settings.push(("HEMERA_METRICS__LISTEN", "127.0.0.1:0".to_owned()));
        settings.push(("HEMERA_SECURITY__MISSING_IDS", traffic::UNUSUAL.to_string()));
        settings.push((
            "HEMERA_SECURITY__PARTICIPATIONS_A_DAY",
            traffic::UNUSUAL.to_string(),
        ));
        settings.push(("HEMERA_LIMITS__API_CLIENT_BURST", "100".to_owned()));
        settings.push(("HEMERA_LIMITS__API_CLIENT_RATE", "600".to_owned()));
        let stack = Stack::start(programs, Instance::Production, &settings).await?;
        let walk = Walk::new(&stack)?;
        let hemera = metrics_address(&stack)?;
        let host = TempDir::new()?;
        let client = enrolled(&walk, &host).await.map_err(anyhow::Error::msg)?;
        let exposition = Exposition::of(&client).await?;
        let aither = exposition.url().clone();
        let prometheus = Prometheus::start(&watching.prometheus, &hemera, &aither).await?;
        let mut running = Running {
            walk: &walk,
            key: &key,
            client: &client,
            metrics: [("hemera-api", hemera), ("aither-client", aither)],
            watching,
            prometheus,
            rows: Vec::new(),
        };
        let held = running.hold().await;
        let rows = running.rows;
        stack.stop().await?;
        held.map(|()| rows)
    }

    async fn hold(&mut self) -> anyhow::Result<()> {
        self.ordinary_work().await?;
        self.suspicious_work().await?;
        self.lint().await?;
        self.rules().await?;
        let known = Known::new(self.prometheus.series().await?)?;
        self.names(&known).await?;
        self.dashboard(&known).await
    }

    /// In ordinary work no alert fires.
    async fn ordinary_work(&mut self) -> anyhow::Result<()> {
        let began = SystemClock.now();
        self.scraped().await?;
        traffic::ordinary(self.walk, self.client, self.key)
            .await
            .map_err(anyhow::Error::msg)?;
        let firing = self.prometheus.firing().await?;
        let wrong = firing.iter().filter(|alert| *alert != ORDINARY);
        let wrong = wrong.map(|alert| format!("{alert} fires")).collect();
        self.row("ordinary work: no alert fires", began, String::new(), wrong);
        Ok(())
    }

    /// What is suspicious makes its alerts fire, and no others.
    async fn suspicious_work(&mut self) -> anyhow::Result<()> {
        let began = SystemClock.now();
        traffic::suspicious(self.walk, self.client)
            .await
            .map_err(anyhow::Error::msg)?;
        let wanted: BTreeSet<_> = traffic::CAUSED.iter().map(|name| (*name).to_owned()).collect();
        let mut firing = BTreeSet::new();
        while SystemClock.now().since(began) < SEEN {
            firing = self.prometheus.firing().await?;
            firing.remove(ORDINARY);
            if firing.is_superset(&wanted) {
                break;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        let mut wrong: Vec<_> = wanted
            .difference(&firing)
            .map(|alert| format!("{alert} does not fire"))
            .collect();
        wrong.extend(firing.difference(&wanted).map(|alert| format!("{alert} fires")));
        self.row(
            "suspicious work: its alerts fire",
            began,
            format!("{} alerts", wanted.len()),
            wrong,
        );
        Ok(())
    }

    /// Prometheus has read all targets twice: only from then on is there an increase.
    async fn scraped(&self) -> anyhow::Result<()> {
        let began = SystemClock.now();
        let query = "min(count_over_time(up[1m]) and up == 1) >= 2";
        while self.prometheus.samples(query).await? == 0 {
            anyhow::ensure!(
                SystemClock.now().since(began) < SEEN,
                "Prometheus cannot read a target; it wrote:\n{}",
                self.prometheus.log()
            );
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Ok(())
    }

    /// `promtool check metrics` on what each program says.
    async fn lint(&mut self) -> anyhow::Result<()> {
        let began = SystemClock.now();
        let mut wrong = Vec::new();
        for (program, url) in &self.metrics {
            let text = self
                .walk
                .http
                .get(url.clone())
                .header(ACCEPT, OPEN_METRICS)
                .send()
                .await?
                .text()
                .await?;
            let found = check_metrics(self.watching, &plain(&text)).await?;
            wrong.extend(found.lines().map(|line| format!("{program}: {line}")));
        }
        let note = format!("{} programs", self.metrics.len());
        self.row("metrics: promtool finds nothing", began, note, wrong);
        Ok(())
    }

    /// Every rule is evaluated without an error.
    async fn rules(&mut self) -> anyhow::Result<()> {
        let began = SystemClock.now();
        let mut rules = self.prometheus.rules().await?;
        while rules.iter().any(|rule| rule.health == "unknown") && SystemClock.now().since(began) < SEEN {
            tokio::time::sleep(BETWEEN_LOOKS).await;
            rules = self.prometheus.rules().await?;
        }
        let mut wrong: Vec<_> = rules
            .iter()
            .filter(|rule| rule.health != "ok" || !rule.error.is_empty())
            .map(|rule| format!("{}: {} {}", rule.name, rule.health, rule.error))
            .collect();
        if rules.is_empty() {
            wrong.push("there is no rule".to_owned());
        }
        // A template of an annotation that fails is in the log alone.
        wrong.extend(self.prometheus.log().lines().map(str::to_owned));
        self.row(
            "rules: evaluated by a Prometheus",
            began,
            format!("{} rules", rules.len()),
            wrong,
        );
        Ok(())
    }

    /// Every metric and every label that a rule names exists.
    async fn names(&mut self, known: &Known) -> anyhow::Result<()> {
        let began = SystemClock.now();
        let rules = self.prometheus.rules().await?;
        let wrong: Vec<_> = rules
            .iter()
            .flat_map(|rule| {
                known
                    .unknown(&rule.query)
                    .into_iter()
                    .map(|what| format!("{}: {what}", rule.name))
            })
            .collect();
        let note = format!("{} rules", rules.len());
        self.row("rules: each metric and label exists", began, note, wrong);
        Ok(())
    }

    /// Every panel says what it shows, and every query of it has a result.
    async fn dashboard(&mut self, known: &Known) -> anyhow::Result<()> {
        let began = SystemClock.now();
        let panels = dashboard::read()?;
        let mut wrong = Vec::new();
        let mut evaluated = 0;
        for panel in &panels {
            wrong.extend(
                panel
                    .lacks
                    .iter()
                    .map(|what| format!("{} lacks {what}", panel.title)),
            );
            for query in &panel.queries {
                evaluated += 1;
                wrong.extend(
                    known
                        .unknown(query)
                        .into_iter()
                        .map(|what| format!("{}: {what}", panel.title)),
                );
                let came = self.result(query).await;
                wrong.extend(
                    came.err()
                        .map(|error| format!("{}: {error}: {query}", panel.title)),
                );
            }
        }
        let note = format!("{} panels, {evaluated} queries", panels.len());
        self.row("dashboard: each query has a result", began, note, wrong);
        Ok(())
    }

    /// Waits until a query has a result: one about an increase needs two scrapes after it.
    async fn result(&self, query: &str) -> anyhow::Result<()> {
        let began = SystemClock.now();
        while self.prometheus.samples(query).await? == 0 {
            anyhow::ensure!(SystemClock.now().since(began) < EMPTY, "empty");
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Ok(())
    }

    fn row(&mut self, check: &'static str, began: Moment, note: String, wrong: Vec<String>) {
        let took = SystemClock.now().since(began);
        self.rows.push(Row::new(check, took, note, wrong));
    }
}

/// Aither as an operator has enrolled it: of all sources of tokens, the one with the most figures.
async fn enrolled(walk: &Walk<'_>, host: &TempDir) -> Result<HemeraClient, Failure> {
    let ticket = ticket(walk).await?;
    enrolled_at(walk, host, &[("CLERK_SERVICE_USER_SIGNIN_TOKEN", &ticket)])
}

/// Where the server said that its metrics are.
fn metrics_address(stack: &Stack) -> anyhow::Result<Url> {
    let lines = stack
        .server_log()
        .matching(|line| line.starts_with("metrics on "));
    let address = lines.first().and_then(|line| line.strip_prefix("metrics on "));
    Ok(Url::parse(
        address
            .context("the server does not say where its metrics are")?
            .trim(),
    )?)
}

/// What promtool has to say about metrics; nothing where they are as they should be.
async fn check_metrics(watching: &Watching, text: &str) -> anyhow::Result<String> {
    let mut child = Command::new(&watching.promtool)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("promtool cannot be started")?;
    let mut input = child.stdin.take().context("promtool reads no input")?;
    input.write_all(text.as_bytes()).await?;
    drop(input);
    let answer = child.wait_with_output().await?;
    let said = [answer.stdout, answer.stderr].concat();
    Ok(String::from_utf8_lossy(&said).trim().to_owned())
}
