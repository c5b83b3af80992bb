//! `/api/sync`

use std::sync::Arc;
use std::time::Duration;

use aither_client::hemera_types::Operation;
use aither_client::testing::Fault;
use aither_flows::sync::{Scope, Sync};
use serde_json::{Value, json};

use crate::support::{Gate, clock, course_id, service, service_behind, until_course_is_read};

#[tokio::test]
async fn a_sync_is_accepted_and_its_status_says_how_it_ended() {
    let service = service().await;
    assert_eq!(
        service.get("/api/sync").await.json(),
        json!({ "running": null, "last": null })
    );

    let accepted = service.post("/api/sync").await;
    assert_eq!(accepted.status.as_u16(), 202);
    assert_eq!(accepted.headers["location"], "/api/sync");
    assert_eq!(
        accepted.json()["running"]["startedAt"],
        "2026-03-01T09:00:00.000Z"
    );

    let last = service.sync_ended().await;
    assert_eq!(last["outcome"], "SUCCEEDED", "{last}");
    assert_eq!(last["report"]["changed"], json!(["course_next"]));
    let (_, directory) = service.stop().await;
    let folder = directory.path().join("data/courses/course_next");
    let course: Value = serde_json::from_slice(&std::fs::read(folder.join("course.json")).unwrap()).unwrap();
    assert_eq!(course["title"], "Title of course_next");
    let participants = std::fs::read_to_string(folder.join("participants.json")).unwrap();
    assert!(participants.contains("Anna Becker"), "{participants}");
}

#[tokio::test]
async fn while_a_sync_runs_another_is_refused_and_afterwards_it_is_not() {
    let gate = Gate::closed();
    let service = service_behind(&gate).await;
    service.hemera.fail_next(Fault::Slow(Duration::from_secs(1)));
    assert_eq!(service.post("/api/sync").await.status.as_u16(), 202);

    let error = service.post("/api/sync").await.error(409, "SYNC_RUNNING");
    assert!(
        error["message"].as_str().unwrap().contains("GET /api/sync"),
        "{error}"
    );
    let status = service.get("/api/sync").await.json();
    assert!(status["running"]["phase"].is_string(), "{status}");

    gate.open();
    assert_eq!(service.sync_ended().await["outcome"], "SUCCEEDED");
    assert_eq!(service.post("/api/sync").await.status.as_u16(), 202);
    let again = service.sync_ended().await;
    assert_eq!(again["report"]["changed"], json!([]), "{again}");
    service.stop().await;
}

#[tokio::test]
async fn a_failed_sync_says_why_and_what_to_do_and_the_next_one_completes() {
    let service = service().await;
    // As often as a call is sent.
    service
        .hemera
        .fail_next(Fault::Dropped.times(4).on(Operation::GetCourse));
    service.post("/api/sync").await;

    let last = service.sync_ended().await;
    assert_eq!(last["outcome"], "FAILED", "{last}");
    assert_eq!(last["error"]["code"], "HEMERA_IS_UNAVAILABLE");
    assert!(last["error"]["requestId"].is_string(), "{last}");
    assert!(last["report"].is_null());

    service.post("/api/sync").await;
    let last = service.sync_ended().await;
    assert_eq!(last["outcome"], "SUCCEEDED", "{last}");
    service.stop().await;
}

#[tokio::test]
async fn a_directory_that_cannot_be_used_is_named() {
    let service = service().await;
    let data = service.directory.path().join("data");
    std::fs::write(&data, "a file where the directory should be").unwrap();
    service.post("/api/sync").await;

    let last = service.sync_ended().await;
    assert_eq!(last["error"]["code"], "SYNC_FAILED", "{last}");
    assert!(
        last["error"]["message"]
            .as_str()
            .unwrap()
            .contains(data.to_str().unwrap()),
        "{last}"
    );
    service.stop().await;
}

/// With no time to drain, a running sync is cancelled, and the service ends all the same.
#[tokio::test]
async fn a_stop_without_patience_cancels_the_sync() {
    let service = service_behind(&Gate::closed()).await;
    service
        .hemera
        .fail_next(Fault::Slow(Duration::from_secs(1)).on(Operation::GetCourse));
    service.post("/api/sync").await;
    until_course_is_read(&service.hemera).await;

    let (hemera, directory) = service.stop().await;
    let data = directory.path().join("data");
    assert!(!data.join("courses/course_next/course.json").exists());
    // The directory is free, and its next sync completes.
    let next = Sync::new(hemera.client(), data)
        .with_scope(Scope::NextCourse)
        .with_clock(Arc::new(clock()));
    assert_eq!(next.run().await.unwrap().changed, [course_id("course_next")]);
}
