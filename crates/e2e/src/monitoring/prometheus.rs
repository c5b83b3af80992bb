//! A real Prometheus with the project's configuration and rules, on the running programs.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::Client;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;
use url::Url;

/// How long it may take until it answers.
const PATIENCE: Duration = Duration::from_secs(20);
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// The names of the two programs.
#[derive(Clone, Debug)]
pub(super) struct PrometheusPrograms {
    pub(super) prometheus: PathBuf,
    pub(super) promtool: PathBuf,
}

/// A running Prometheus. It is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Prometheus {
    http: Client,
    base: Url,
    folder: TempDir,
    _process: tokio::process::Child,
}

/// A rule as Prometheus has evaluated it.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) query: String,
    /// `ok`, `err`, or `unknown` before the first evaluation.
    pub(super) health: String,
    pub(super) error: String,
}

/// The labels of each metric that was seen, with their values.
pub(super) type Series = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

impl Prometheus {
    /// Starts it with `deploy/prometheus/prometheus.yml`, whose targets and intervals alone are replaced.
    pub(super) async fn start(program: &Path, hemera: &Url, aither: &Url) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("hemera-prometheus-").tempdir()?;
        let config = folder.path().join("prometheus.yml");
        std::fs::write(&config, configuration(hemera, aither)?)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let log = std::fs::File::create(folder.path().join("log"))?;
        let process = Command::new(program)
            .arg(format!("--config.file={}", config.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.path().join("data").display()
            ))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--log.level=warn")
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let http = Client::builder()
            .timeout(Duration::from_secs(10))
            .no_proxy()
            .build()?;
        let base = Url::parse(&format!("http://127.0.0.1:{port}/"))?;
        let started = Self {
            http,
            base,
            folder,
            _process: process,
        };
        started.ready().await?;
        Ok(started)
    }

    async fn ready(&self) -> anyhow::Result<()> {
        let url = self.base.join("-/ready")?;
        let answers = async {
            while !self
                .http
                .get(url.clone())
                .send()
                .await
                .is_ok_and(|answer| answer.status() == 200)
            {
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
        };
        if tokio::time::timeout(PATIENCE, answers).await.is_err() {
            bail!("Prometheus does not answer; it wrote:\n{}", self.log());
        }
        Ok(())
    }

    /// Its warnings and errors.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// All rules, in the order of their files.
    pub(super) async fn rules(&self) -> anyhow::Result<Vec<Rule>> {
        let answer = self.get("api/v1/rules", &[]).await?;
        let groups = answer["groups"].as_array().context("no groups of rules")?;
        let rules = groups
            .iter()
            .filter_map(|group| group["rules"].as_array())
            .flatten();
        let text = |rule: &Value, name: &str| rule[name].as_str().unwrap_or_default().to_owned();
        Ok(rules
            .map(|rule| Rule {
                name: text(rule, "name"),
                query: text(rule, "query"),
                health: text(rule, "health"),
                error: text(rule, "lastError"),
            })
            .collect())
    }

    /// The names of the alerts that fire.
    pub(super) async fn firing(&self) -> anyhow::Result<BTreeSet<String>> {
        let answer = self.get("api/v1/alerts", &[]).await?;
        let alerts = answer["alerts"].as_array().context("no list of alerts")?;
        let firing = alerts.iter().filter(|alert| alert["state"] == "firing");
        Ok(firing
            .filter_map(|alert| Some(alert["labels"]["alertname"].as_str()?.to_owned()))
            .collect())
    }

    /// How many samples a query has now.
    pub(super) async fn samples(&self, query: &str) -> anyhow::Result<usize> {
        let answer = self.get("api/v1/query", &[("query", query)]).await?;
        // A scalar is one value and its time.
        Ok(match answer["resultType"].as_str() {
            Some("scalar" | "string") => 1,
            _ => answer["result"].as_array().map_or(0, Vec::len),
        })
    }

    /// All series of the jobs, and those that rules made.
    pub(super) async fn series(&self) -> anyhow::Result<Series> {
        let answer = self
            .get("api/v1/series", &[("match[]", "{__name__=~\".+\"}")])
            .await?;
        let mut series = Series::new();
        for labels in answer.as_array().context("no list of series")? {
            let labels = labels.as_object().context("a series without labels")?;
            let name = labels.get("__name__").and_then(Value::as_str).unwrap_or_default();
            let metric = series.entry(name.to_owned()).or_default();
            for (label, value) in labels {
                let value = value.as_str().unwrap_or_default().to_owned();
                metric.entry(label.clone()).or_default().insert(value);
            }
        }
        Ok(series)
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> anyhow::Result<Value> {
        let mut url = self.base.join(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let answer: Value = self.http.get(url).send().await?.json().await?;
        if answer["status"] != "success" {
            bail!(
                "{}",
                answer["error"]
                    .as_str()
                    .unwrap_or("Prometheus refuses, and does not say why")
            );
        }
        Ok(answer["data"].clone())
    }
}

/// The project's own configuration, for these two targets and in a second's rhythm.
fn configuration(hemera: &Url, aither: &Url) -> anyhow::Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../deploy/prometheus")
        .canonicalize()?;
    let mut config = std::fs::read_to_string(folder.join("prometheus.yml"))?;
    for (written, replaced) in [
        ("127.0.0.1:9464", hemera.authority().to_owned()),
        ("127.0.0.1:9465", aither.authority().to_owned()),
        ("rules/*.yml", format!("{}/rules/*.yml", folder.display())),
        ("scrape_interval: 15s", "scrape_interval: 1s".to_owned()),
        ("evaluation_interval: 15s", "evaluation_interval: 1s".to_owned()),
    ] {
        anyhow::ensure!(
            config.contains(written),
            "prometheus.yml has no `{written}` to replace"
        );
        config = config.replace(written, &replaced);
    }
    Ok(config)
}
