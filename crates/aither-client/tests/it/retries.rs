//! Retries: of failures that another attempt can fix, with the same request, and no sooner than the server asks.

use std::time::Duration;

use aither_client::hemera_types::{ParticipationId, ResultUpdate};
use tokio::net::TcpListener;

use crate::support::{Bench, Reply, Server, list, participation};

#[tokio::test]
async fn timed_out_read_is_retried() {
    let mut first = true;
    let server = Server::by(move |_| {
        if std::mem::take(&mut first) {
            Reply::Silence
        } else {
            Reply::courses()
        }
    })
    .await;
    let bench = Bench::configured(server, |builder| {
        builder.with_attempt_timeout(Duration::from_millis(300))
    });
    bench.list().await.unwrap();
    assert!(bench.server.received().len() > 1);
}

#[tokio::test]
async fn repeated_time_outs_end_as_a_time_out() {
    let server = Server::always(Reply::Silence).await;
    let bench = Bench::configured(server, |builder| {
        builder
            .with_attempt_timeout(Duration::from_millis(50))
            .with_max_attempts(2)
    });
    let error = bench.list().await.unwrap_err();
    assert!(error.is_timeout() && error.is_transient() && !error.is_connection());
    assert_eq!(error.attempts(), 2);
}

#[tokio::test]
async fn connection_that_breaks_during_a_response_is_retried() {
    let bench = Bench::new(Server::script([Reply::Cut, Reply::courses()]).await);
    bench.list().await.unwrap();
    assert_eq!(bench.server.received().len(), 2);
}

#[tokio::test]
async fn unreachable_server_is_a_connection_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let bench = Bench::new(Server::always(Reply::courses()).await);
    let client = aither_client::HemeraClient::builder(nobody.parse().unwrap(), bench.source.clone())
        .with_clock(bench.clock.clone())
        .with_sleep(bench.sleep.clone())
        .build()
        .unwrap();
    let error = list(&client).await.unwrap_err();
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
        let bench = Bench::new(Server::script([Reply::json(status, "<html>"), Reply::courses()]).await);
        bench.list().await.unwrap();
        assert_eq!(bench.server.received().len(), 2, "{status}");
    }
}

#[tokio::test]
async fn permanent_errors_are_not_retried() {
    for status in [400, 403, 404, 405, 412, 413, 415, 500, 501] {
        let bench = Bench::new(Server::script([Reply::json(status, "{}"), Reply::courses()]).await);
        let error = bench.list().await.unwrap_err();
        assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (status, 1));
        assert_eq!(bench.server.received().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn every_attempt_of_a_write_carries_the_same_body_and_request_id() {
    let script = [
        Reply::unavailable(),
        Reply::Cut,
        Reply::rate_limited("1"),
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
    let seen = bench.server.received();
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
    let bench = Bench::new(Server::script([Reply::rate_limited("7"), Reply::courses()]).await);
    bench.list().await.unwrap();
    assert_eq!(bench.sleep.asked(), [Duration::from_secs(7)]);
}

#[tokio::test]
async fn retry_after_as_a_date_is_waited_for() {
    let reply = Reply::unavailable()
        .with_header("date", "Sun, 15 Mar 2026 09:00:00 GMT")
        .with_header("retry-after", "Sun, 15 Mar 2026 09:00:09 GMT");
    let bench = Bench::new(Server::script([reply, Reply::courses()]).await);
    bench.list().await.unwrap();
    assert_eq!(bench.sleep.asked(), [Duration::from_secs(9)]);
}

#[tokio::test]
async fn retry_after_of_a_day_ends_the_call_with_the_wait() {
    let bench = Bench::configured(Server::always(Reply::rate_limited("86400")).await, |builder| {
        builder.with_deadline(Duration::from_hours(48))
    });
    let error = bench.list().await.unwrap_err();
    assert!(error.is_throttled() && error.is_transient());
    assert_eq!(error.retry_after(), Some(Duration::from_hours(24)));
    assert_eq!((error.attempts(), bench.sleep.asked().len()), (1, 0));
}

#[tokio::test]
async fn invalid_retry_after_falls_back_to_the_own_wait() {
    let bench = Bench::new(Server::script([Reply::rate_limited("soon"), Reply::courses()]).await);
    bench.list().await.unwrap();
    let waits = bench.sleep.asked();
    assert!(
        !waits.is_empty() && waits.iter().all(|wait| *wait < Duration::from_secs(1)),
        "{waits:?}"
    );
}

#[tokio::test]
async fn attempts_are_limited() {
    let bench = Bench::new(Server::always(Reply::unavailable()).await);
    let error = bench.list().await.unwrap_err();
    assert!(error.is_unavailable() && error.is_transient());
    assert_eq!((error.attempts(), bench.server.received().len()), (4, 4));
}
