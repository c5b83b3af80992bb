//! Connections that are open and carry nothing any more.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use hemera_api::Stop;

use super::{Proxied, until_answered, warm};

const SETTINGS: [(&str, &str); 2] = [
    ("HEMERA_HTTP__HANDLER_TIMEOUT", "3s"),
    ("HEMERA_DATABASE__MAX_CONNECTIONS", "6"),
];

/// With the default deadline of 15 s the first answer comes after 12 s; here everything is a fifth of that.
#[tokio::test]
async fn a_server_whose_connections_all_fall_silent_answers_again_over_new_ones() {
    let server = Proxied::start(&SETTINGS).await;
    warm(&server.beside, &server.sender, 6).await;
    server.proxy.silence();

    let first = server.sender.get(super::READ).await;
    first.assert_error(503, "SERVICE_UNAVAILABLE");
    let took = until_answered(&server.sender).await;
    // One test of an older connection that gets no answer, for a second; its elders are discarded without one.
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert_eq!(server.app.finish().await, 0, "every record is stored");
}

#[tokio::test]
async fn a_health_check_tells_a_silent_database_within_a_second_and_recovers() {
    let server = Proxied::start(&SETTINGS).await;
    let anonymous = server.sender.clone();
    anonymous.get("/readyz").await.assert_status(200);
    server.proxy.silence();
    let begin = SystemClock.now();
    anonymous.get("/readyz").await.assert_status(503);
    let took = SystemClock.now().since(begin);
    assert!(took < Duration::from_millis(1900), "{took:?}");
    anonymous.get("/readyz").await.assert_status(200);
    server.app.finish().await;
}

/// The writer of the audit log finds its connection dead, and no caller waits for it.
#[tokio::test]
async fn a_silent_connection_of_the_audit_writer_costs_no_record() {
    let server = Proxied::start(&[("HEMERA_DATABASE__MAX_CONNECTIONS", "1")]).await;
    server.sender.get(super::READ).await.assert_status(200);
    // Its record is stored over the one connection before that falls silent, or after.
    server.proxy.silence();
    let anonymous = server.sender.get("/api/service/courses/unknown").await;
    assert!(matches!(anonymous.status.as_u16(), 404 | 503), "{anonymous:?}");
    until_answered(&server.sender).await;
    assert_eq!(server.app.finish().await, 0);
}

#[tokio::test]
async fn sigterm_ends_the_server_while_its_database_is_silent() {
    let server = Proxied::start(&SETTINGS).await;
    warm(&server.beside, &server.sender, 6).await;
    server.proxy.silence();
    let stop = Stop::new();
    let asked = stop.clone();
    let sender = server.sender.clone();
    let hanging = tokio::spawn(async move { sender.get(super::READ).await });
    let running = tokio::spawn(async move { server.app.run(&asked).await });
    stop.ask();
    let ended = tokio::time::timeout(Duration::from_secs(20), running).await;
    ended.expect("it ends").unwrap().unwrap();
    hanging.await.unwrap();
}

/// The second signal does not even wait for the audit log.
#[tokio::test]
async fn a_second_signal_ends_the_server_immediately() {
    let server = Proxied::start(&[("HEMERA_DATABASE__MAX_CONNECTIONS", "2")]).await;
    warm(&server.beside, &server.sender, 2).await;
    server.proxy.silence();
    let stop = Stop::new();
    let asked = stop.clone();
    let sender = server.sender.clone();
    let hanging = tokio::spawn(async move { sender.get(super::READ).await });
    tokio::task::yield_now().await;
    let running = tokio::spawn(async move { server.app.run(&asked).await });
    stop.ask();
    stop.ask();
    let ended = tokio::time::timeout(Duration::from_secs(4), running).await;
    assert!(ended.expect("it ends").unwrap().is_ok());
    hanging.abort();
}
