//! A door that stops loses no request that has begun, and waits for none for ever.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::support::{Hemera, Opened, Script, client, within_bound};

#[tokio::test]
async fn a_request_that_has_begun_is_answered() {
    let gate = Arc::new(Semaphore::new(0));
    let hemera = Hemera::sending([Script::success().after(&gate)]).await;
    let door = Opened::before(&hemera);
    let (address, socket) = (door.address, door.socket.clone());
    let mut idle = door.caller().await;
    let mut caller = door.caller().await;
    let head = format!(
        "GET /api/service/courses HTTP/1.1\r\nhost: {address}\r\nx-api-key: {}\r\n\r\n",
        crate::support::KEY
    );
    caller.send(head).await;
    hemera.arrival().await;
    door.stop();
    // An idle connection ends; no new one begins.
    assert!(idle.read_to_end().await.is_empty());
    within_bound(async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    gate.add_permits(1);
    assert_eq!(caller.last().await.status, 200);
    assert_eq!(door.stopped().await.cut, 0);
    assert!(!socket.exists());
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_cut() {
    let never = Arc::new(Semaphore::new(0));
    let hemera = Hemera::sending([Script::success().after(&never)]).await;
    let drain = Duration::from_millis(50);
    let door = Opened::with(client(&hemera.origin).build().unwrap(), |door| {
        door.with_drain_timeout(drain)
    });
    let mut caller = door.caller().await;
    caller
        .send(format!(
            "GET /api/service/courses HTTP/1.1\r\n{}\r\n",
            door.head()
        ))
        .await;
    hemera.arrival().await;
    assert_eq!(door.stopped().await.cut, 1);
    assert!(caller.read_to_end().await.is_empty());
}
