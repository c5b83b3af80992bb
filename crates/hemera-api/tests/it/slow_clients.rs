//! Clients that send slowly, or nothing, do not hold the server's connections.

use crate::support::Served;

const SHORT: &str = "150ms";

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
