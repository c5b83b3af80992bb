//! Callers that send slowly, or read nothing, hold nothing.

use std::time::Duration;

use crate::support::{Hemera, Opened, Script, client, within_bound};

const SHORT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn a_head_that_does_not_end_is_cut_off() {
    let hemera = client("http://127.0.0.1:1").build().unwrap();
    let door = Opened::with(hemera, |door| door.with_head_timeout(SHORT));
    for beginning in ["", "GET /livez HT", "GET /livez HTTP/1.1\r\nhost: h\r\nx-slow: "] {
        let mut caller = door.caller().await;
        caller.send(beginning).await;
        let end = caller.read_to_end().await;
        assert!(
            !end.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&end)
        );
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::with(client(&hemera.origin).build().unwrap(), |door| {
        door.with_body_timeout(SHORT)
    });
    let mut caller = door.caller().await;
    let head = format!(
        "PUT /api/service/participations/p_1/result HTTP/1.1\r\n{}content-length: 20\r\n\r\n",
        door.head()
    );
    caller.send(format!("{head}{{\"complete\":")).await;
    let reply = caller.last().await;
    assert_eq!((reply.status, reply.reason()), (503, Some("body_too_slow")));
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert!(hemera.received().is_empty());
}

#[tokio::test]
async fn a_caller_that_does_not_read_loses_its_connection() {
    // More than the systems of both sides keep for a caller that does not read.
    let hemera = Hemera::sending([Script::new(200, "x".repeat(15 * 1024 * 1024))]).await;
    let door = Opened::with(client(&hemera.origin).build().unwrap(), |door| {
        door.with_write_timeout(SHORT)
    });
    let mut caller = door.caller().await;
    caller
        .send(format!(
            "GET /api/service/courses HTTP/1.1\r\n{}\r\n",
            door.head()
        ))
        .await;
    // The one that asks is the only one left.
    door.until_figures_have("aither_door_connections 1\n").await;
    let came = caller.read_to_end().await;
    assert!(came.starts_with(b"HTTP/1.1 200") && came.len() < 15 * 1024 * 1024);
}

#[tokio::test]
async fn connections_over_the_bound_are_closed_at_once() {
    let hemera = client("http://127.0.0.1:1").build().unwrap();
    let door = Opened::with(hemera, |door| door.with_max_connections(2));
    let (mut first, mut second) = (door.caller().await, door.caller().await);
    for caller in [&mut first, &mut second] {
        caller
            .send(format!("GET /livez HTTP/1.1\r\nhost: {}\r\n\r\n", door.address))
            .await;
        assert_eq!(caller.next().await.status, 200);
    }
    let mut third = door.caller().await;
    assert!(third.read_to_end().await.is_empty());
    // Each listener has places of its own.
    let figures = door.ask_on_socket("GET /metrics", "").await;
    assert!(
        figures
            .text()
            .contains("aither_door_connections_refused_total{reason=\"too_many\"} 1")
    );
    drop(first);
    within_bound(async {
        loop {
            let mut again = door.caller().await;
            again
                .send(format!(
                    "GET /livez HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
                    door.address
                ))
                .await;
            if !again.read_to_end().await.is_empty() {
                break;
            }
        }
    })
    .await;
}
