//! `sync`, `slides` and `recording`.

use std::fs;
use std::time::Duration;

use aither_client::hemera_types::{CourseId, Operation};
use aither_client::testing::Fault;
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::support::academy::{COURSE, academy, lines};
use crate::support::{Aither, ended, signal};

#[tokio::test]
async fn sync_writes_the_directory_and_says_when_nothing_has_changed() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let json = aither.json(&["sync", "here"]).await;
    assert_eq!(json["courses"], 2);
    assert_eq!(json["isFullPass"], true);
    let course = aither
        .directory()
        .join("here/courses")
        .join(COURSE)
        .join("participants.json");
    assert!(fs::read_to_string(course).unwrap().contains("Jörg Müller"));
    let again = aither.run(&["sync", "here"]).await.succeeded();
    assert!(
        again
            .output
            .contains("nothing has changed; 2 courses here; 1 request"),
        "{again:?}"
    );
}

#[tokio::test]
async fn sync_of_the_next_course_can_leave_names_out() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let json = aither.json(&["sync", "here", "--next", "--pseudonymous"]).await;
    assert_eq!(json["changed"], json!([COURSE]));
    let course = aither
        .directory()
        .join("here/courses")
        .join(COURSE)
        .join("participants.json");
    assert!(!fs::read_to_string(course).unwrap().contains("Jörg"));
}

#[tokio::test]
async fn sync_refuses_a_directory_with_other_files() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    fs::create_dir_all(aither.directory().join("courses/mine")).unwrap();
    let error = aither.run(&["sync", "."]).await.failed(1);
    assert!(error.contains("was not made by a sync"), "{error}");
    assert!(hemera.requests().is_empty());
}

#[tokio::test]
async fn ctrl_c_during_a_sync_leaves_what_the_next_one_completes() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    hemera.fail_next(Fault::Slow(Duration::from_mins(10)).on(Operation::GetCourseMaterials));
    let child = aither.start(&["sync", "here"]);
    while !lines(&hemera).iter().any(|line| line.ends_with("/materials")) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    signal(&child, Signal::SIGINT);
    ended(child).await.failed(130);
    let json = aither.json(&["sync", "here"]).await;
    assert_eq!(json["courses"], 2);
}

#[tokio::test]
async fn watch_sees_changes_survives_an_outage_and_ends_in_order() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let mut child = aither.start(&["sync", "here", "--watch", "--every", "50ms", "--json"]);
    let mut reports = BufReader::new(child.stdout.take().unwrap()).lines();
    let first: Value = serde_json::from_str(&reports.next_line().await.unwrap().unwrap()).unwrap();
    assert_eq!(first["courses"], 2);
    // As many attempts as a call makes.
    hemera.fail_next(Fault::Dropped.times(4).on(Operation::ListCourses));
    hemera.remove_course(&CourseId::parse("course-0").unwrap());
    hemera.put_course(aither_client::testing::CourseSeed::new(
        CourseId::parse("new").unwrap(),
        "New",
    ));
    let changed = loop {
        let report: Value = serde_json::from_str(&reports.next_line().await.unwrap().unwrap()).unwrap();
        if report["changed"] != json!([]) {
            break report;
        }
    };
    assert_eq!(changed["changed"], json!(["new"]));
    signal(&child, Signal::SIGTERM);
    let ended = ended(child).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let error: Value = serde_json::from_str(ended.notes.lines().next().unwrap()).unwrap();
    assert_eq!(error["exitCode"], 4);
}

#[tokio::test]
async fn watch_without_a_reader_ends() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let mut child = aither.start(&["sync", "here", "--watch", "--every", "10ms"]);
    drop(child.stdout.take());
    let ended = ended(child).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[tokio::test]
async fn slides_are_those_of_the_next_course_or_of_the_one_that_is_named() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let shown = aither.run(&["slides"]).await.succeeded();
    insta::assert_snapshot!("slides", shown.output);
    let json = aither.json(&["slides", "course-0"]).await;
    assert_eq!(json["deck"]["course"]["id"], "course-0");
    let html = aither.json(&["slides"]).await["deck"]["materials"][0]["htmlContent"].clone();
    assert_eq!(html, "<p>Hello</p>");
    let error = aither.run(&["slides", "missing"]).await.failed(1);
    assert!(error.contains("aither courses"), "{error}");
}

#[tokio::test]
async fn recording_belongs_to_the_course_that_ran() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let url = "https://stream.example.com/a.m3u8";
    let shown = aither
        .run(&["recording", "a", url, "2099-05-04T10:00:00+02:00"])
        .await
        .succeeded();
    insta::assert_snapshot!("recording", shown.output);
    let json = aither
        .json(&["recording", "a", url, "2020-05-04T16:00:00Z"])
        .await;
    assert_eq!(json["recording"]["course"]["id"], "course-0");
    let error = aither
        .run(&["recording", "a", url, "2021-05-04T16:00:00Z"])
        .await
        .failed(1);
    assert!(error.contains("no published course ran"), "{error}");
    let error = aither
        .run(&["recording", "a/b", "http://a.example", "2021"])
        .await
        .failed(2);
    assert!(
        error.contains("asset id") && error.contains("https") && error.contains("offset"),
        "{error}"
    );
}
