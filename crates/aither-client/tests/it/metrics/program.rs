//! The example `metrics`: it serves the figures of its client, in a process of its own.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use super::scrape::Scrape;
use crate::support::{Reply, Server};

/// Longer than it should take; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn example_serves_the_figures_of_its_client() {
    let hemera = Server::always(Reply::courses()).await;
    // This test is target/<profile>/deps/it-…; cargo builds examples together with tests.
    let test = std::env::current_exe().unwrap();
    let program: PathBuf = test.ancestors().nth(2).unwrap().join("examples/metrics");
    let mut child = Command::new(&program)
        .args(["127.0.1:0", "3600"])
        .env_clear()
        .envs([
            ("HEMERA_API_BASE_URL", hemera.origin()),
            ("AITHER_AUTH", "service-key"),
            ("HEMERA_API_KEY", "hk_1"),
        ])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = async || {
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        line.unwrap().unwrap().unwrap()
    };
    let listening = next().await;
    let address = listening.strip_prefix("metrics on ").unwrap();
    assert!(next().await.starts_with("1 courses, trace "));
    let response = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = response.get(address).send().await.unwrap();
    let format = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(format.starts_with("application/openmetrics-text"), "{format}");
    let scrape = Scrape(response.text().await.unwrap());
    let calls = "aither_client_calls_total{operation=\"courses.list\",outcome=\"ok\"}";
    assert_eq!(scrape.value(calls), 1, "{}", scrape.0);
    assert!(scrape.0.ends_with("# EOF\n"));
}
