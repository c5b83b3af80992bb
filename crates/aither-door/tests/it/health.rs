//! Health needs no key, says one word, and is no way around the other checks.

use std::num::NonZeroU32;
use std::time::Duration;

use aither_client::{BaseUrl, CircuitPolicy, HemeraClient, TokenError, TokenFuture, TokenSource};

use crate::support::{Hemera, Opened, Script, client};

async fn word(door: &Opened, path: &str) -> (u16, String) {
    let reply = door
        .ask_raw(&format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            door.address
        ))
        .await;
    (reply.status, reply.text().to_owned())
}

#[tokio::test]
async fn a_door_that_can_do_its_work_is_ready_and_has_asked_hemera_nothing() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    assert_eq!(word(&door, "/livez").await, (200, "live\n".to_owned()));
    assert_eq!(word(&door, "/readyz").await, (200, "ready\n".to_owned()));
    assert_eq!(door.ask_on_socket("GET /readyz", "").await.text(), "ready\n");
    assert!(hemera.received().is_empty());
}

#[tokio::test]
async fn an_open_circuit_is_not_ready() {
    let hemera = Hemera::sending([Script::new(500, "{}")]).await;
    let pause = Duration::from_secs(30);
    let policy = CircuitPolicy::new(NonZeroU32::MIN, pause, pause);
    let door = Opened::with(
        client(&hemera.origin).with_circuit(policy).build().unwrap(),
        |door| door,
    );
    door.ask("GET /api/service/courses", "", "").await;
    assert_eq!(
        word(&door, "/readyz").await,
        (503, "not ready: hemera\n".to_owned())
    );
    assert_eq!(word(&door, "/livez").await.0, 200);
}

#[derive(Debug)]
struct Failing;

impl TokenSource for Failing {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(std::future::ready(Err(TokenError::transient(
            "the issuer is down",
        ))))
    }
}

#[tokio::test]
async fn without_a_token_it_is_not_ready() {
    let client = HemeraClient::builder(BaseUrl::parse("http://127.0.0.1:1").unwrap(), Failing);
    let door = Opened::with(client.build().unwrap(), |door| door);
    assert_eq!(
        word(&door, "/readyz").await,
        (503, "not ready: token\n".to_owned())
    );
}

#[tokio::test]
async fn head_is_answered_and_other_methods_are_not() {
    let door = Opened::before_nothing();
    let reply = door.ask("HEAD /livez", "", "").await;
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    let reply = door.ask("POST /livez", "", "").await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, HEAD")));
}
