//! What another attempt can cure is tried again, the same in every attempt, and no sooner than asked.

use std::time::Duration;

use aither_client::hemera_types::{CourseQuery, ParticipationId, ResultUpdate};
use tokio::net::TcpListener;

use crate::support::{Bench, Numbered, Reply, Server, course_page, failure, participation};

fn unavailable() -> Reply {
    Reply::json(
        503,
        failure(
            "SERVICE_UNAVAILABLE",
            "Service unavailable: try again after Retry-After",
        ),
    )
}

fn throttled(retry_after: &str) -> Reply {
    Reply::json(429, failure("RATE_LIMITED", "Too many requests")).with_header("retry-after", retry_after)
}

fn served() -> Reply {
    Reply::json(200, course_page())
}

async fn list(bench: &Bench) -> Result<(), aither_client::Error> {
    bench
        .client
        .service_courses(&CourseQuery::default())
        .await
        .map(drop)
}

#[tokio::test]
async fn timed_out_read_is_retried() {
    let mut first = true;
    let server = Server::by(move |_| {
        if std::mem::take(&mut first) {
            Reply::Silence
        } else {
            served()
        }
    })
    .await;
    let bench = Bench::with(server, Numbered::new(), |builder| {
        builder.with_attempt_timeout(Duration::from_millis(300))
    });
    list(&bench).await.unwrap();
    assert!(bench.server.seen().len() > 1);
}

#[tokio::test]
async fn repeated_time_outs_end_as_a_time_out() {
    let server = Server::always(Reply::Silence).await;
    let bench = Bench::with(server, Numbered::new(), |builder| {
        builder
            .with_attempt_timeout(Duration::from_millis(50))
            .with_max_attempts(2)
    });
    let error = list(&bench).await.unwrap_err();
    assert!(error.is_timeout() && error.is_transient() && !error.is_connection());
    assert_eq!(error.attempts(), 2);
}

#[tokio::test]
async fn connection_that_breaks_during_a_response_is_retried() {
    let bench = Bench::new(Server::script([Reply::Cut, served()]).await);
    list(&bench).await.unwrap();
    assert_eq!(bench.server.seen().len(), 2);
}

#[tokio::test]
async fn unreachable_server_is_a_connection_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let bench = Bench::new(Server::always(served()).await);
    let client = aither_client::HemeraClient::builder(nobody.parse().unwrap(), bench.source.clone())
        .with_clock(bench.clock.clone())
        .with_sleep(bench.sleep.clone())
        .build()
        .unwrap();
    let error = client.service_courses(&CourseQuery::default()).await.unwrap_err();
    assert!(error.is_connection() && error.is_transient());
    assert_eq!(error.attempts(), 4);
    let waits = bench.sleep.asked();
    for (wait, floor) in waits.iter().zip([200, 400, 800].map(Duration::from_millis)) {
        assert!((floor..=floor * 2).contains(wait), "{waits:?}");
    }
}

#[tokio::test]
async fn gateway_errors_and_overload_are_retried() {
    for status in [502, 503, 504] {
        let bench = Bench::new(Server::script([Reply::json(status, "<html>"), served()]).await);
        list(&bench).await.unwrap();
        assert_eq!(bench.server.seen().len(), 2, "{status}");
    }
}

#[tokio::test]
async fn permanent_errors_are_not_retried() {
    for status in [400, 403, 404, 405, 412, 413, 415, 500, 501] {
        let bench = Bench::new(Server::script([Reply::json(status, "{}"), served()]).await);
        let error = list(&bench).await.unwrap_err();
        assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (status, 1));
        assert_eq!(bench.server.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn every_attempt_of_a_write_carries_the_same_body_and_request_id() {
    let script = [
        unavailable(),
        Reply::Cut,
        throttled("1"),
        Reply::json(200, participation()),
    ];
    let bench = Bench::new(Server::script(script).await);
    let update = ResultUpdate::default()
        .with_outcome("Spricht frei 🎤")
        .unwrap()
        .without_notes()
        .complete();
    let id = ParticipationId::parse("part_1").unwrap();
    let written = bench
        .client
        .update_service_participation_result(&id, &update, None)
        .await
        .unwrap();
    assert_eq!(written.id, id);
    let seen = bench.server.seen();
    assert_eq!(seen.len(), 4);
    for attempt in &seen {
        assert_eq!(attempt.method, "PUT");
        assert_eq!(attempt.uri, "/api/service/participations/part_1/result");
        assert_eq!(attempt.header("content-type"), "application/json");
        assert_eq!(attempt.header("x-request-id"), seen[0].header("x-request-id"));
        assert_eq!(
            attempt.body,
            r#"{"resultOutcome":"Spricht frei 🎤","resultNotes":null,"complete":true}"#
        );
    }
}

#[tokio::test]
async fn retry_after_in_seconds_is_waited_for() {
    let bench = Bench::new(Server::script([throttled("7"), served()]).await);
    list(&bench).await.unwrap();
    assert_eq!(bench.sleep.asked(), [Duration::from_secs(7)]);
}

#[tokio::test]
async fn retry_after_as_a_date_is_waited_for() {
    let reply = unavailable()
        .with_header("date", "Sun, 15 Mar 2026 09:00:00 GMT")
        .with_header("retry-after", "Sun, 15 Mar 2026 09:00:09 GMT");
    let bench = Bench::new(Server::script([reply, served()]).await);
    list(&bench).await.unwrap();
    assert_eq!(bench.sleep.asked(), [Duration::from_secs(9)]);
}

#[tokio::test]
async fn retry_after_of_a_day_ends_the_call_with_the_wait() {
    let bench = Bench::with(
        Server::always(throttled("86400")).await,
        Numbered::new(),
        |builder| builder.with_deadline(Duration::from_hours(48)),
    );
    let error = list(&bench).await.unwrap_err();
    assert!(error.is_throttled() && error.is_transient());
    assert_eq!(error.retry_after(), Some(Duration::from_hours(24)));
    assert_eq!((error.attempts(), bench.sleep.asked().len()), (1, 0));
}

#[tokio::test]
async fn invalid_retry_after_falls_back_to_the_own_wait() {
    let bench = Bench::new(Server::script([throttled("soon"), served()]).await);
    list(&bench).await.unwrap();
    let waits = bench.sleep.asked();
    assert!(
        !waits.is_empty() && waits.iter().all(|wait| *wait < Duration::from_secs(1)),
        "{waits:?}"
    );
}

#[tokio::test]
async fn attempts_are_limited() {
    let bench = Bench::new(Server::always(unavailable()).await);
    let error = list(&bench).await.unwrap_err();
    assert!(error.is_unavailable() && error.is_transient());
    assert_eq!((error.attempts(), bench.server.seen().len()), (4, 4));
}
