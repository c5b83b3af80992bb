//! A connection carries the requests that its caller has sent, and no others: whatever the end of a body leaves in doubt ends it.

use aither_client::hemera_types::bounds::{BODY_BYTES, RESULTS_BODY_BYTES};

use crate::support::{Hemera, KEY, Opened, Script};

const WRITE: &str = "PUT /api/service/participations/p_1/result";

const BULK_WRITE: &str = "PUT /api/service/participation-results";

/// What would be a second request, if the first one ended before it.
fn hidden(door: &Opened) -> String {
    format!(
        "GET /api/service/courses/hidden HTTP/1.1\r\nhost: {}\r\nx-api-key: {KEY}\r\n\r\n",
        door.address
    )
}

/// All that comes back for these bytes, and the paths that reached Hemera.
async fn exchanged(request: impl Fn(&Opened) -> String) -> (String, Vec<String>) {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let mut caller = door.caller().await;
    caller.send(request(&door)).await;
    let came = String::from_utf8_lossy(&caller.read_to_end().await).into_owned();
    let received = hemera.received();
    let paths = received.iter().map(|received| received.uri.path().to_owned());
    (came, paths.collect())
}

#[tokio::test]
async fn a_length_beside_chunks_ends_the_connection() {
    for order in [
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 5\r\n",
    ] {
        let (came, paths) = exchanged(|door| {
            let head = format!(
                "{WRITE} HTTP/1.1\r\nhost: {}\r\nx-api-key: {KEY}\r\n",
                door.address
            );
            format!("{head}{order}\r\n0\r\n\r\n{}", hidden(door))
        })
        .await;
        assert_eq!(came.matches("HTTP/1.1").count(), 1, "{came}");
        assert!(!paths.iter().any(|path| path.contains("hidden")), "{paths:?}");
    }
}

#[tokio::test]
async fn two_lengths_and_other_codings_are_refused() {
    for framing in [
        "content-length: 2\r\ncontent-length: 3\r\n",
        "content-length: +2\r\n",
        "content-length: 2, 3\r\n",
        "transfer-encoding: gzip, chunked\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: identity\r\n",
        "transfer-encoding : chunked\r\n",
    ] {
        let (came, paths) = exchanged(|door| {
            let head = format!(
                "{WRITE} HTTP/1.1\r\nhost: {}\r\nx-api-key: {KEY}\r\n",
                door.address
            );
            format!("{head}{framing}\r\n{{}}\r\n{}", hidden(door))
        })
        .await;
        assert!(came.starts_with("HTTP/1.1 400"), "{framing}: {came}");
        assert_eq!(came.matches("HTTP/1.1").count(), 1, "{framing}: {came}");
        assert!(paths.is_empty(), "{framing}: {paths:?}");
    }
}

#[tokio::test]
async fn a_body_of_a_read_is_refused_and_never_taken_for_a_request() {
    let (came, paths) = exchanged(|door| {
        let hidden = hidden(door);
        let head = format!(
            "GET /api/service/courses HTTP/1.1\r\nhost: {}\r\nx-api-key: {KEY}\r\n",
            door.address
        );
        format!("{head}content-length: {}\r\n\r\n{hidden}", hidden.len())
    })
    .await;
    assert!(came.contains("x-aither-door: unexpected_body"), "{came}");
    assert_eq!(came.matches("HTTP/1.1").count(), 1, "{came}");
    assert!(paths.is_empty(), "{paths:?}");
}

/// Whatever is refused before its body was read.
#[tokio::test]
async fn the_unread_body_of_a_refusal_is_never_taken_for_a_request() {
    for (line, host) in [
        (WRITE, "evil.example"),
        ("POST /livez", "localhost"),
        ("PUT /nothing", "localhost"),
    ] {
        let (came, paths) = exchanged(|door| {
            let hidden = hidden(door);
            let head = format!(
                "{line} HTTP/1.1\r\nhost: {host}:{}\r\nx-api-key: {KEY}\r\n",
                door.address.port()
            );
            format!("{head}content-length: {}\r\n\r\n{hidden}", hidden.len())
        })
        .await;
        assert_eq!(came.matches("HTTP/1.1").count(), 1, "{line}: {came}");
        assert!(paths.is_empty(), "{line}: {paths:?}");
    }
}

#[tokio::test]
async fn a_chunked_body_arrives_whole() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let mut caller = door.caller().await;
    let head = format!(
        "{WRITE} HTTP/1.1\r\n{}transfer-encoding: chunked\r\n\r\n",
        door.head()
    );
    caller
        .send(format!("{head}2\r\n{{\"\r\n3\r\na\":\r\n2\r\n1}}\r\n0\r\n\r\n"))
        .await;
    assert_eq!(caller.last().await.status, 200);
    assert_eq!(hemera.only().body, "{\"a\":1}");
    assert!(!hemera.only().headers.contains_key("transfer-encoding"));
}

#[tokio::test]
async fn a_body_has_the_bound_of_its_operation() {
    for (line, limit, says) in [
        (WRITE, BODY_BYTES, "send at most 64 KiB"),
        (BULK_WRITE, RESULTS_BODY_BYTES, "send at most 1 MiB"),
    ] {
        let hemera = Hemera::sending([Script::success()]).await;
        let door = Opened::before(&hemera);
        let largest = "x".repeat(limit);
        assert_eq!(door.ask(line, "", &largest).await.status, 200, "{line}");
        let reply = door.ask(line, "", &format!("{largest}x")).await;
        assert_eq!((reply.status, reply.reason()), (413, Some("body_too_large")));
        assert!(reply.failure().error.message.contains(says), "{}", reply.text());
        assert_eq!(hemera.only().body.len(), limit);
    }
}

#[tokio::test]
async fn a_chunked_body_that_grows_too_large_is_refused() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let mut caller = door.caller().await;
    let head = format!(
        "{WRITE} HTTP/1.1\r\n{}transfer-encoding: chunked\r\n\r\n",
        door.head()
    );
    caller.send(head).await;
    let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000));
    for _ in 0..5 {
        caller.send(&chunk).await;
    }
    assert_eq!(caller.last().await.reason(), Some("body_too_large"));
    assert!(hemera.received().is_empty());
}

/// A caller that waits to be asked for its body is not asked where it would be refused.
#[tokio::test]
async fn a_body_is_asked_for_only_if_it_will_be_taken() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let expect = |length: usize| {
        format!(
            "{WRITE} HTTP/1.1\r\n{}expect: 100-continue\r\ncontent-length: {length}\r\n\r\n",
            door.head()
        )
    };
    let mut caller = door.caller().await;
    caller.send(expect(BODY_BYTES + 1)).await;
    assert_eq!(caller.last().await.status, 413);
    let mut caller = door.caller().await;
    caller.send(expect(2)).await;
    assert_eq!(caller.next().await.status, 100);
    caller.send("{}").await;
    assert_eq!(caller.last().await.status, 200);
}

#[tokio::test]
async fn a_body_that_ends_early_reaches_nobody() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let mut caller = door.caller().await;
    let head = format!(
        "{WRITE} HTTP/1.1\r\n{}transfer-encoding: chunked\r\n\r\nno chunk",
        door.head()
    );
    caller.send(head).await;
    caller.read_to_end().await;
    assert!(hemera.received().is_empty());
    assert!(
        door.figures()
            .await
            .contains("aither_door_refusals_total{reason=\"body_broken\"} 1")
    );
}

#[tokio::test]
async fn a_head_has_its_bounds() {
    let door = Opened::before_nothing();
    let many = "x-a: b\r\n".repeat(100);
    let long = format!("x-long: {}\r\n", "x".repeat(200_000));
    for lines in [many, long] {
        let mut caller = door.caller().await;
        caller
            .send(format!("GET /livez HTTP/1.1\r\n{}{lines}\r\n", door.head()))
            .await;
        let came = String::from_utf8_lossy(&caller.read_to_end().await).into_owned();
        assert!(came.is_empty() || came.starts_with("HTTP/1.1 431"), "{came}");
    }
}
