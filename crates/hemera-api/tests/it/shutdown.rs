//! Stopping loses no request and no audit record, and knows when it does.

use clerk_emulator::{Effect, Fault};
use tokio::net::TcpStream;

use crate::support::Served;

const BODY: &str = r#"{"resultNotes":"Während des Endes geschrieben."}"#;

/// A request that has begun is answered and recorded, while new connections are refused.
#[tokio::test]
async fn a_request_under_way_is_answered_and_recorded() {
    let server = Served::start_with(&[]).await;
    let mut reader = server.connect().await;
    let token = &server.token;
    reader
        .send(&format!(
            "GET /api/service/courses HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {token}\r\n\r\n"
        ))
        .await;
    reader.read_until("\"version\":\"1.0\"").await;

    let mut writer = server.connect().await;
    // The server asks for the body: the request is in its handler's hands.
    let head = server
        .head_of_write(BODY.len())
        .replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n");
    writer.send(&head).await;
    writer.read_until("100 Continue").await;
    server.stop.ask();
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    writer.send(BODY).await;
    let answer = writer.read_to_end().await;
    assert!(
        answer.contains("200 OK") && answer.contains("connection: close"),
        "{answer}"
    );

    let (ended, database) = server.ended().await;
    assert!(ended.is_clean(), "{ended:?}");
    let pool = database.pool().await;
    let operations: Vec<String> = sqlx::query_scalar("select operation from audit_log order by operation")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(operations, ["courses.list", "participations.update_result"]);
    pool.close().await;
}

#[tokio::test]
async fn asking_twice_cuts_at_once() {
    let server = Served::start_with(&[]).await;
    let mut writer = server.connect().await;
    writer
        .send(
            &server
                .head_of_write(BODY.len())
                .replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n"),
        )
        .await;
    writer.read_until("100 Continue").await;
    server.stop.ask();
    server.stop.ask();
    assert_eq!(writer.read_to_end().await, "");
    let (ended, _database) = server.ended().await;
    assert_eq!((ended.cut_off, ended.unrecorded), (1, 0));
    assert!(!ended.is_clean());
}

#[tokio::test]
async fn the_drain_deadline_cuts_too() {
    let server = Served::start_with(&[("HEMERA_HTTP__DRAIN_TIMEOUT", "50ms")]).await;
    let mut writer = server.connect().await;
    writer
        .send(
            &server
                .head_of_write(BODY.len())
                .replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n"),
        )
        .await;
    writer.read_until("100 Continue").await;
    server.stop.ask();
    let (ended, _database) = server.ended().await;
    assert_eq!(ended.cut_off, 1);
}

/// Idle connections are no reason to wait.
#[tokio::test]
async fn idle_connections_end_at_once() {
    let server = Served::start_with(&[("HEMERA_HTTP__DRAIN_TIMEOUT", "10m")]).await;
    let mut idle = server.connect().await;
    idle.send("GET /livez HTTP/1.1\r\nhost: h\r\n\r\n").await;
    idle.read_until("live\n").await;
    server.stop.ask();
    assert_eq!(idle.read_to_end().await, "");
    let (ended, _database) = server.ended().await;
    assert!(ended.is_clean(), "{ended:?}");
}

/// A caller that goes away in the middle is recorded like any other.
#[tokio::test]
async fn a_request_whose_caller_has_gone_is_recorded() {
    let server = Served::start_with(&[]).await;
    server.clerk.add_fault(Fault::new("/v1/users/*", Effect::Hold));
    let mut caller = server.connect().await;
    let token = &server.token;
    caller
        .send(&format!(
            "GET /api/service/courses HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {token}\r\n\r\n"
        ))
        .await;
    while server.clerk.journal("GET", "/v1/users/*").is_empty() {
        tokio::task::yield_now().await;
    }
    drop(caller);
    server.stop.ask();
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    server.clerk.clear_faults();
    let (ended, database) = server.ended().await;
    assert!(ended.is_clean(), "{ended:?}");
    let pool = database.pool().await;
    let operations: Vec<String> = sqlx::query_scalar("select operation from audit_log")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(operations, ["courses.list"]);
    pool.close().await;
}
