//! Clients that send slowly, or nothing, do not hold the server's connections.

use crate::support::tls::{borrowed, client, pair};
use crate::support::{Scrape, Served};

const SHORT: &str = "150ms";
const WRITE_TIMEOUT: (&str, &str) = ("HEMERA_HTTP__WRITE_TIMEOUT", SHORT);
const METRICS: (&str, &str) = ("HEMERA_METRICS__LISTEN", "127.0.0.1:0");
/// More than the systems of both sides keep for a client that does not read.
const LARGE: &str = "/docs/scalar.js";

#[tokio::test]
async fn a_head_that_does_not_end_is_cut_off() {
    let server = Served::start_with(&[("HEMERA_HTTP__HEADER_TIMEOUT", SHORT)]).await;
    for beginning in ["", "GET /livez HT", "GET /livez HTTP/1.1\r\nhost: h\r\nx-slow: "] {
        let mut connection = server.connect().await;
        connection.send(beginning).await;
        let end = connection.read_to_end().await;
        assert!(!end.contains("200 OK"), "{end}");
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let server = Served::start_with(&[("HEMERA_HTTP__HEADER_TIMEOUT", SHORT)]).await;
    let mut connection = server.connect().await;
    connection.send("GET /livez HTTP/1.1\r\nhost: h\r\n\r\n").await;
    let text = connection.read_to_end().await;
    assert!(text.contains("200 OK"), "{text}");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let server = Served::start_with(&[("HEMERA_HTTP__BODY_TIMEOUT", SHORT)]).await;
    let mut connection = server.connect().await;
    connection.send(&server.head_of_write(100)).await;
    connection.send(r#"{"resultNotes":"#).await;
    let answer = connection.read_to_end().await;
    assert!(
        answer.contains("503 Service Unavailable") && answer.contains("did not arrive in time"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_given_up() {
    let server = Served::start_with(&[("HEMERA_HTTP__HANDLER_TIMEOUT", SHORT)]).await;
    let mut connection = server.connect().await;
    connection.send(&server.head_of_write(100)).await;
    let answer = connection.read_to_end().await;
    assert!(
        answer.contains("503 Service Unavailable") && answer.contains("retry-after: 1"),
        "{answer}"
    );
}

/// Whether one client was given up, and holds no connection any more.
fn is_given_up(scrape: &Scrape) -> bool {
    scrape.value("hemera_http_connections_ended_total{reason=\"not_read\"}") == 1
        && scrape.value("hemera_http_connections") == 0
}

#[tokio::test]
async fn a_client_that_does_not_read_its_answer_loses_its_connection() {
    let server = Served::start_with(&[WRITE_TIMEOUT, METRICS]).await;
    let mut connection = server.connect().await;
    connection
        .send(&format!("GET {LARGE} HTTP/1.1\r\nhost: h\r\n\r\n"))
        .await;
    server.scrape_until(is_given_up).await;
    let came = connection.read_bytes().await;
    assert!(came.starts_with(b"HTTP/1.1 200 OK") && came.len() < 4_000_000);
}

#[tokio::test]
async fn a_client_that_does_not_read_over_tls_loses_its_connection() {
    let (folder, certificate) = pair();
    let settings = [&borrowed(&certificate)[..], &[WRITE_TIMEOUT, METRICS]].concat();
    let server = Served::start_with(&settings).await;
    let url = format!("https://localhost:{}{LARGE}", server.address.port());
    let client = client(&folder);
    // The head comes; of the body no more than fits in between.
    let answer = client.get(&url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    server.scrape_until(is_given_up).await;
    answer.bytes().await.unwrap_err();
}

#[tokio::test]
async fn an_oversized_head_is_refused_by_the_parser() {
    let server = Served::start_with(&[]).await;
    let mut connection = server.connect().await;
    connection
        .send(&format!(
            "GET /livez HTTP/1.1\r\nhost: h\r\nx-long: {}\r\n\r\n",
            "x".repeat(200_000)
        ))
        .await;
    let answer = connection.read_until("\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}
