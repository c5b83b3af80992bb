//! What the client decides without a response of Hemera's is an envelope of the contract that says what to do.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use aither_client::{BaseUrl, CircuitPolicy, HemeraClient, Pace, TokenError, TokenFuture, TokenSource};
use tokio::sync::Semaphore;

use crate::support::{Hemera, Opened, Reply, Script, client};

const ONE: NonZeroU32 = NonZeroU32::MIN;

/// Status, reason, code and `Retry-After` of an envelope whose message contains `says`.
#[track_caller]
fn read_answer<'a>(reply: &'a Reply, says: &str) -> (u16, &'a str, String, Option<u64>) {
    let failure = reply.failure();
    assert!(failure.error.message.contains(says), "{}", failure.error.message);
    assert_eq!(failure.meta.request_id.as_str(), "mine");
    let retry_after = reply
        .header("retry-after")
        .map(|seconds| seconds.parse().unwrap());
    (
        reply.status,
        reply.reason().unwrap(),
        failure.error.code.name().to_owned(),
        retry_after,
    )
}

async fn read(door: &Opened) -> Reply {
    door.ask("GET /api/service/courses", "x-request-id: mine\r\n", "")
        .await
}

#[tokio::test]
async fn no_connection() {
    let door = Opened::before_nothing();
    let reply = read(&door).await;
    let (status, reason, code, retry_after) =
        read_answer(&reply, "check HEMERA_API_BASE_URL and the network");
    assert_eq!(
        (status, reason, code.as_str()),
        (503, "no_connection", "SERVICE_UNAVAILABLE")
    );
    assert_eq!(retry_after, Some(1));
}

#[tokio::test]
async fn the_circuit_is_open() {
    let hemera = Hemera::sending([Script::new(500, "{}")]).await;
    let pause = Duration::from_secs(30);
    let policy = CircuitPolicy::new(ONE, pause, pause).with_longest_wait(Duration::ZERO);
    let door = Opened::with(
        client(&hemera.origin).with_circuit(policy).build().unwrap(),
        |door| door,
    );
    assert_eq!(read(&door).await.status, 500);
    let reply = read(&door).await;
    let (status, reason, code, retry_after) =
        read_answer(&reply, "not sent, because Hemera keeps failing; ask again in ");
    assert_eq!(
        (status, reason, code.as_str()),
        (503, "circuit_open", "SERVICE_UNAVAILABLE")
    );
    assert!(
        retry_after.is_some_and(|seconds| (1..=30).contains(&seconds)),
        "{retry_after:?}"
    );
    assert_eq!(hemera.received().len(), 1);
}

#[tokio::test]
async fn the_deadline_passes() {
    let never = Arc::new(Semaphore::new(0));
    let hemera = Hemera::sending([Script::success().after(&never)]).await;
    let impatient = client(&hemera.origin).with_deadline(Duration::from_millis(200));
    let door = Opened::with(impatient.build().unwrap(), |door| door);
    let reply = read(&door).await;
    let (status, reason, code, retry_after) = read_answer(&reply, "the deadline of 0.2 s passed");
    assert_eq!(
        (status, reason, code.as_str()),
        (503, "timeout", "SERVICE_UNAVAILABLE")
    );
    assert_eq!(retry_after, Some(1));
}

#[tokio::test]
async fn the_pace_has_no_place_before_the_deadline() {
    let hemera = Hemera::sending([Script::success()]).await;
    let slow = client(&hemera.origin)
        .with_pace(Pace::new(ONE, ONE))
        .with_deadline(Duration::from_secs(2));
    let door = Opened::with(slow.build().unwrap(), |door| door);
    assert_eq!(read(&door).await.status, 200);
    let reply = read(&door).await;
    let (status, reason, code, retry_after) = read_answer(&reply, "send fewer requests");
    assert_eq!((status, reason, code.as_str()), (429, "paced", "RATE_LIMITED"));
    assert!(
        retry_after.is_some_and(|seconds| (2..=60).contains(&seconds)),
        "{retry_after:?}"
    );
}

#[derive(Debug)]
struct Empty;

impl TokenSource for Empty {
    fn token(&self) -> TokenFuture<'_> {
        let error = TokenError::permanent("the issuer knows no such user").with_remedy("run the doctor");
        Box::pin(std::future::ready(Err(error)))
    }
}

#[tokio::test]
async fn there_is_no_token() {
    let hemera = Hemera::sending([Script::success()]).await;
    let client = HemeraClient::builder(BaseUrl::parse(&hemera.origin).unwrap(), Empty);
    let door = Opened::with(client.build().unwrap(), |door| door);
    let reply = read(&door).await;
    let (status, reason, code, retry_after) = read_answer(&reply, "run the doctor");
    assert_eq!(
        (status, reason, code.as_str()),
        (503, "no_token", "SERVICE_UNAVAILABLE")
    );
    assert!(retry_after.is_some_and(|seconds| seconds >= 1));
    assert!(hemera.received().is_empty());
}

#[tokio::test]
async fn what_answers_is_not_hemera() {
    let hemera = Hemera::sending([Script::new(301, "").with("location", "https://elsewhere.example/")]).await;
    let door = Opened::before(&hemera);
    let reply = read(&door).await;
    let (status, reason, code, retry_after) = read_answer(&reply, "redirects are not followed");
    assert_eq!(
        (status, reason, code.as_str()),
        (500, "not_hemera", "INTERNAL_ERROR")
    );
    assert_eq!((retry_after, reply.header("location")), (None, None));
}

/// A caller that goes away ends the call, and the door goes on.
#[tokio::test]
async fn a_caller_that_goes_away_costs_nothing() {
    let never = Arc::new(Semaphore::new(0));
    let hemera = Hemera::sending([Script::success().after(&never), Script::success()]).await;
    let door = Opened::before(&hemera);
    let mut caller = door.caller().await;
    caller
        .send(format!(
            "GET /api/service/courses HTTP/1.1\r\n{}\r\n",
            door.head()
        ))
        .await;
    hemera.arrival().await;
    drop(caller);
    assert_eq!(read(&door).await.status, 200);
    let cancelled = "aither_door_requests_total{operation=\"courses.list\",outcome=\"cancelled\"} 1";
    door.until_figures_have(cancelled).await;
}
