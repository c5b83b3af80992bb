//! How many connections the server holds.

use std::time::Duration;

use serde_json::Value;

use crate::support::tls::{borrowed, client, pair};
use crate::support::{CapturedLog, Connection, Served};

const METRICS: (&str, &str) = ("HEMERA_METRICS__LISTEN", "127.0.0.1:0");
const OPEN: &str = "hemera_http_connections";

fn ended(reason: &str) -> String {
    format!("hemera_http_connections_ended_total{{reason=\"{reason}\"}}")
}

/// One request on an open connection: it has its place.
async fn answered(mut connection: Connection) -> Connection {
    connection.send("GET /livez HTTP/1.1\r\nhost: h\r\n\r\n").await;
    connection.read_until("live\n").await;
    connection
}

async fn assert_closed_at_once(mut connection: Connection) {
    assert!(connection.read_bytes().await.is_empty(), "it is answered");
}

/// The lines about connections with this reason.
fn lines(log: &CapturedLog, reason: &str) -> Vec<Value> {
    let text = log.text();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["reason"] == reason).collect()
}

#[tokio::test]
async fn connections_over_the_bound_are_closed_at_once() {
    let log = CapturedLog::start();
    let server = Served::start_with(&[("HEMERA_HTTP__MAX_CONNECTIONS", "3"), METRICS]).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(answered(server.connect().await).await);
    }
    for _ in 0..20 {
        assert_closed_at_once(server.connect().await).await;
    }
    let scrape = server.scrape().await;
    assert_eq!(scrape.value(OPEN), 3);
    assert_eq!(scrape.value("hemera_http_connections_limit"), 3);
    assert_eq!(scrape.value(&ended("too_many")), 20);

    // A flood is one line, and another one with the count when ten seconds have passed.
    let [line] = &lines(&log, "too_many")[..] else {
        panic!("not one line: {}", log.text());
    };
    assert_eq!(line["client"], "127.0.0.1");
    let message = line["message"].as_str().unwrap();
    assert!(message.contains("HEMERA_HTTP__MAX_CONNECTIONS"), "{message}");
    server.advance(Duration::from_secs(10));
    assert_closed_at_once(server.connect().await).await;
    assert_eq!(lines(&log, "too_many")[1]["connections"], 20);

    // What is open goes on, and a place that becomes free is given again.
    let last = answered(held.pop().unwrap()).await;
    drop(last);
    server.scrape_until(|scrape| scrape.value(OPEN) == 2).await;
    answered(server.connect().await).await;
}

#[tokio::test]
async fn one_address_has_its_bound_and_others_have_theirs() {
    let bound = ("HEMERA_HTTP__MAX_CONNECTIONS_PER_ADDRESS", "2");
    let server = Served::start_with(&[bound, METRICS]).await;
    let _held = [
        answered(server.connect().await).await,
        answered(server.connect().await).await,
    ];
    assert_closed_at_once(server.connect().await).await;
    answered(server.connect_from([127, 0, 0, 2]).await).await;
    assert_eq!(server.scrape().await.value(&ended("too_many_of_address")), 1);
}

/// There, each connection comes from the proxy.
#[tokio::test]
async fn behind_a_proxy_no_address_has_a_bound() {
    let bound = ("HEMERA_HTTP__MAX_CONNECTIONS_PER_ADDRESS", "1");
    for proxy in [
        ("HEMERA_HTTP__TRUSTED_PROXIES", "1"),
        ("HEMERA_HTTP__TLS_AT_PROXY", "true"),
    ] {
        let server = Served::start_with(&[bound, proxy]).await;
        let _first = answered(server.connect().await).await;
        answered(server.connect().await).await;
    }
}

/// The bound counts before TLS is spoken, and what does not get to speak it is counted too.
#[tokio::test]
async fn connections_over_the_bound_are_closed_before_tls() {
    let (folder, certificate) = pair();
    let bound = ("HEMERA_HTTP__MAX_CONNECTIONS", "1");
    let settings = [&borrowed(&certificate)[..], &[bound, METRICS]].concat();
    let server = Served::start_with(&settings).await;

    let mut plain = server.connect().await;
    plain.send("GET /livez HTTP/1.1\r\nhost: h\r\n\r\n").await;
    plain.read_bytes().await;
    drop(plain);
    let no_tls = |count| move |scrape: &crate::support::Scrape| scrape.value(&ended("handshake")) == count;
    server.scrape_until(no_tls(1)).await;
    server.scrape_until(|scrape| scrape.value(OPEN) == 0).await;

    let client = client(&folder);
    let url = format!("https://localhost:{}/livez", server.address.port());
    let answer = client.get(&url).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "live\n");
    assert_closed_at_once(server.connect().await).await;
    let scrape = server.scrape().await;
    assert_eq!(scrape.value(&ended("too_many")), 1);
    assert!(no_tls(1)(&scrape), "the refused connection counts as a handshake");
}
