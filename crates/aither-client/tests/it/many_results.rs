//! Writing the results of many participations with one call.

use std::num::NonZeroU32;
use std::time::Duration;

use aither_client::hemera_types::{
    ParticipationId, ResultItem, ResultUpdate, ResultUpdates, ResultVerdict, bounds,
};
use aither_client::{Pace, Version};
use serde_json::{Value, json};

use crate::support::{Bench, Reply, Server, envelope};

fn id(number: usize) -> ParticipationId {
    ParticipationId::parse(format!("part_{number}")).unwrap()
}

fn updates(count: usize) -> ResultUpdates {
    let items = (0..count).map(|number| ResultItem::new(id(number), ResultUpdate::default().complete()));
    ResultUpdates::new(items.collect()).unwrap()
}

fn verdicts(of: &[(&str, Value)]) -> Value {
    let results = of.iter().enumerate().map(|(number, (verdict, etag))| {
        json!({ "participationId": format!("part_{number}"), "verdict": verdict, "etag": etag, "auditRecord": null })
    });
    envelope(&json!({ "results": results.collect::<Vec<_>>() }))
}

fn pace(per_minute: u32, burst: u32) -> Pace {
    Pace::new(
        NonZeroU32::new(per_minute).unwrap(),
        NonZeroU32::new(burst).unwrap(),
    )
}

#[tokio::test]
async fn updates_are_sent_with_their_conditions_and_verdicts_are_read() {
    let body = verdicts(&[
        ("UPDATED", json!("\"4\"")),
        ("NOT_REACHED", Value::Null),
        ("POSTPONED", Value::Null),
    ]);
    let bench = Bench::new(Server::always(Reply::json(200, body)).await);
    let version = Version::parse("\"3\"").unwrap();
    let first = ResultItem::new(id(0), ResultUpdate::default().with_notes("A").unwrap());
    let items = vec![
        first.only_if(version.to_if_match().unwrap()),
        ResultItem::new(id(1), ResultUpdate::default().without_outcome()),
        ResultItem::new(id(2), ResultUpdate::default().complete()),
    ];
    let updates = ResultUpdates::new(items).unwrap();
    let written = bench
        .client
        .update_service_participation_results(&updates)
        .await
        .unwrap();

    let seen = bench.server.only();
    assert_eq!(
        (seen.method.as_str(), seen.uri.path()),
        ("PUT", "/api/service/participation-results")
    );
    assert_eq!(seen.header("content-type"), "application/json");
    let sent: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(
        sent,
        json!({ "updates": [
            { "participationId": "part_0", "ifMatch": "\"3\"", "resultNotes": "A" },
            { "participationId": "part_1", "resultOutcome": null },
            { "participationId": "part_2", "complete": true },
        ] })
    );
    assert_eq!(written.results[0].etag.as_ref().unwrap().to_string(), "\"4\"");
    assert_eq!(written.results[1].verdict, ResultVerdict::NotReached);
    assert!(written.results[1].verdict.known().unwrap().is_open());
    assert_eq!(
        written.results[2].verdict.name(),
        "POSTPONED",
        "of a newer server"
    );
}

/// 4 a minute: the first call takes one place, the second two, and one for two more has to wait for both.
#[tokio::test]
async fn a_call_takes_a_place_in_the_pace_for_each_fifty_updates() {
    let server = Server::always(Reply::json(200, verdicts(&[]))).await;
    let bench = Bench::configured(server, |builder| {
        builder
            .with_pace(pace(4, 4))
            .with_deadline(Duration::from_mins(2))
    });
    for (count, waited) in [(50, 0), (51, 0), (100, 60)] {
        bench
            .client
            .update_service_participation_results(&updates(count))
            .await
            .unwrap();
        assert_eq!(bench.slept(), Duration::from_secs(waited), "{count}");
    }
}

/// A burst of one has room for no more, and then for one call at a time.
#[tokio::test]
async fn a_call_that_counts_as_more_than_the_burst_is_sent_nevertheless() {
    let server = Server::always(Reply::json(200, verdicts(&[]))).await;
    let bench = Bench::configured(server, |builder| builder.with_pace(pace(60, 1)));
    bench
        .client
        .update_service_participation_results(&updates(100))
        .await
        .unwrap();
    assert_eq!(bench.slept(), Duration::ZERO);
    bench.list().await.unwrap_err();
    assert_eq!(
        bench.slept(),
        Duration::from_secs(2),
        "both places come back first"
    );
}

#[tokio::test]
async fn a_call_is_retried_like_the_write_of_a_single_result() {
    let replies = [
        Reply::unavailable(),
        Reply::json(200, verdicts(&[("UNCHANGED", json!("\"4\""))])),
    ];
    let bench = Bench::new(Server::script(replies).await);
    let written = bench
        .client
        .update_service_participation_results(&updates(1))
        .await
        .unwrap();
    assert_eq!(written.info().attempts, 2);
    let seen = bench.server.received();
    assert_eq!(seen[0].body, seen[1].body);
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_sent() {
    let bench = Bench::new(Server::always(Reply::json(200, verdicts(&[]))).await);
    // As many characters as a text may have, each of four bytes.
    let text = "\u{1F98B}".repeat(bounds::RESULT_TEXT_CHARS);
    let update = ResultUpdate::default()
        .with_notes(text.clone())
        .unwrap()
        .with_outcome(text)
        .unwrap();
    let items = (0..100).map(|number| ResultItem::new(id(number), update.clone()));
    let updates = ResultUpdates::new(items.collect()).unwrap();
    let error = bench
        .client
        .update_service_participation_results(&updates)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("1 MiB"), "{error}");
    assert!(bench.server.received().is_empty());
}
