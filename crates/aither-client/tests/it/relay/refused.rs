//! Errors: Hemera's are returned as they are, and where there is no response of Hemera's the client's own is.

use std::num::NonZeroU32;
use std::time::Duration;

use aither_client::{CircuitPolicy, StatusCode};
use freshness::{ManualClock, RecordedSleep};

use super::{course, headers, list, write};
use crate::support::{
    Bench, EndlessSleep, NumberedTokens, Reply, Server, TokenReply, client_of, failure, started_at,
};

/// An error as no serializer of this client's would write it.
fn envelope(code: &str) -> String {
    format!(
        "{{\"success\":false,\n \"error\":{{\"code\":\"{code}\",\"x\":1.50,\"message\":\"\\u006eo\"}},\"meta\":{{}}}} "
    )
}

#[tokio::test]
async fn errors_of_hemera_are_returned_byte_for_byte() {
    for (status, code, attempts) in [
        (400, "VALIDATION_ERROR", 1),
        (401, "UNAUTHORIZED", 2),
        (403, "FORBIDDEN", 1),
        (404, "NOT_FOUND", 1),
        (405, "METHOD_NOT_ALLOWED", 1),
        (412, "PRECONDITION_FAILED", 1),
        (413, "PAYLOAD_TOO_LARGE", 1),
        (415, "UNSUPPORTED_MEDIA_TYPE", 1),
        (429, "RATE_LIMITED", 4),
        (500, "INTERNAL_ERROR", 1),
        (503, "SERVICE_UNAVAILABLE", 4),
    ] {
        let body = envelope(code);
        let reply = Reply::json(status, &body)
            .with_header("retry-after", "2")
            .with_header("link", "<https://docs.example/errors#x>; rel=\"help\"")
            .with_header("x-request-id", "server-1");
        let bench = Bench::new(Server::always(reply).await);
        let relayed = bench.client.relay(&write("part_1")).await.unwrap();
        assert_eq!(relayed.status.as_u16(), status);
        assert_eq!(relayed.body, body);
        assert_eq!((relayed.info.attempts, code), (attempts, code));
        assert_eq!(
            headers(&relayed),
            [
                ("content-type", "application/json"),
                ("link", "<https://docs.example/errors#x>; rel=\"help\""),
                ("retry-after", "2"),
                ("x-request-id", "server-1"),
            ]
        );
    }
}

#[tokio::test]
async fn refused_token_is_replaced_first() {
    let script = [Reply::json(401, envelope("UNAUTHORIZED")), Reply::courses()];
    let bench = Bench::new(Server::script(script).await);
    let relayed = bench.client.relay(&list()).await.unwrap();
    assert_eq!(relayed.status, StatusCode::OK);
    assert_eq!(bench.server.bearers(), ["token-1", "token-2"]);
}

/// The refusal stays the answer if the source has no other token.
#[tokio::test]
async fn refusal_of_the_only_token_is_returned() {
    for second in [TokenReply::SameToken, TokenReply::Permanent] {
        let source = NumberedTokens::scripted([TokenReply::Token, second]);
        let body = envelope("UNAUTHORIZED");
        let bench = Bench::with_source(Server::always(Reply::json(401, &body)).await, source);
        let relayed = bench.client.relay(&list()).await.unwrap();
        assert_eq!(
            (relayed.status.as_u16(), &relayed.body[..]),
            (401, body.as_bytes())
        );
    }
}

#[tokio::test]
async fn without_a_response_the_error_of_the_client_is_returned() {
    let no_token = NumberedTokens::scripted([TokenReply::Permanent]);
    let bench = Bench::with_source(Server::always(Reply::courses()).await, no_token);
    assert!(
        bench
            .client
            .relay(&list())
            .await
            .unwrap_err()
            .is_token_unavailable()
    );

    let bench = Bench::new(Server::always(Reply::Cut).await);
    let error = bench.client.relay(&list()).await.unwrap_err();
    assert!(error.is_connection() && error.attempts() == 4, "{error}");

    let (clock, sleep) = (ManualClock::at(started_at()), RecordedSleep::new());
    let gone = Server::always(Reply::courses()).await;
    let client = client_of(&gone, NumberedTokens::new(), &clock, &sleep)
        .build()
        .unwrap();
    drop(gone);
    tokio::task::yield_now().await;
    assert!(client.relay(&list()).await.unwrap_err().is_connection());

    let bench = Bench::configured(Server::always(Reply::Silence).await, |builder| {
        builder.with_deadline(Duration::from_millis(50))
    });
    assert!(bench.client.relay(&list()).await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn open_circuit_is_an_error_of_the_client() {
    let policy = CircuitPolicy::new(NonZeroU32::MIN, Duration::from_mins(1), Duration::from_mins(1));
    let reply = Reply::json(500, failure("INTERNAL_ERROR", "a fault"));
    let bench = Bench::configured(Server::always(reply).await, |builder| {
        builder.with_circuit(policy).with_sleep(EndlessSleep)
    });
    assert_eq!(bench.client.relay(&list()).await.unwrap().status.as_u16(), 500);
    let error = bench.client.relay(&list()).await.unwrap_err();
    assert!(error.is_circuit_open());
    assert_eq!(error.retry_after(), Some(Duration::from_mins(1)));
}

/// A redirect leads to another address, and a 304 to a copy that the other program does not have.
#[tokio::test]
async fn answers_that_the_request_did_not_ask_for_are_errors() {
    for status in [301, 302, 307, 308] {
        let reply = Reply::json(status, "moved").with_header("location", "https://elsewhere.example");
        let bench = Bench::new(Server::always(reply).await);
        let error = bench.client.relay(&list()).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
    }
    let bench = Bench::new(Server::always(Reply::unchanged("\"7\"")).await);
    let error = bench.client.relay(&course("course_1")).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (304, 2));
}
