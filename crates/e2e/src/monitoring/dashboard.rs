//! The dashboard as it is in the project.

use std::path::Path;

use anyhow::Context;
use serde_json::Value;

/// A panel that shows something.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    pub(super) title: String,
    /// As Prometheus gets them: with the dashboard's variables replaced.
    pub(super) queries: Vec<String>,
    /// What a panel must have and this one lacks.
    pub(super) lacks: Vec<&'static str>,
}

/// What Grafana puts in for the variables of a query.
const VARIABLES: [(&str, &str); 2] = [("$__rate_interval", "1m"), ("$instance", ".*")];
/// The variable through which a panel finds its Prometheus.
const SOURCE: &str = "${datasource}";

/// Reads `deploy/grafana/hemera.json`.
pub(super) fn read() -> anyhow::Result<Vec<Panel>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/grafana/hemera.json");
    let text =
        std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let dashboard: Value = serde_json::from_str(&text)?;
    let panels = dashboard["panels"]
        .as_array()
        .context("a dashboard without panels")?;
    Ok(panels
        .iter()
        .filter(|panel| panel["type"] != "row")
        .map(panel)
        .collect())
}

fn panel(panel: &Value) -> Panel {
    let says = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    let targets = panel["targets"].as_array().cloned().unwrap_or_default();
    let of_source = |value: &Value| value["datasource"]["uid"] == SOURCE;
    let needs = [
        ("a title", says(&panel["title"])),
        ("a description", says(&panel["description"])),
        ("a unit", says(&panel["fieldConfig"]["defaults"]["unit"])),
        (
            "the variable datasource",
            of_source(panel) && targets.iter().all(of_source),
        ),
        ("a query", !targets.is_empty()),
    ];
    let query = |target: &Value| {
        let query = target["expr"].as_str().unwrap_or_default().to_owned();
        VARIABLES
            .iter()
            .fold(query, |query, (name, value)| query.replace(name, value))
    };
    Panel {
        title: panel["title"].as_str().unwrap_or_default().to_owned(),
        queries: targets.iter().map(query).collect(),
        lacks: needs
            .iter()
            .filter(|(_, has)| !has)
            .map(|(what, _)| *what)
            .collect(),
    }
}
