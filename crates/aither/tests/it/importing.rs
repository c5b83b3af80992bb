//! `aither results import`.

use std::time::Duration;

use aither_client::hemera_types::{CourseId, ParticipationId};
use aither_client::testing::{CourseSeed, Fault, InMemoryHemera, ParticipationSeed};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::academy::{academy, lines, stored};
use crate::support::{Aither, ended, signal};

/// So many participations, `p-0`, `p-1`, …
async fn participations(count: usize) -> InMemoryHemera {
    let course = || CourseId::parse("c1").unwrap();
    let ids = (0..count).map(|number| ParticipationId::parse(format!("p-{number}")).unwrap());
    InMemoryHemera::builder()
        .without_limits()
        .with_course(CourseSeed::new(course(), "Course"))
        .with_participations(ids.map(|id| ParticipationSeed::new(id, course())))
        .start()
        .await
        .unwrap()
}

/// A CSV with an outcome for each of them.
fn csv(count: usize) -> String {
    let rows = (0..count).map(|number| format!("p-{number},Outcome {number}\n"));
    format!("participationId,resultOutcome\n{}", rows.collect::<String>())
}

fn outcome(hemera: &InMemoryHemera, number: usize) -> Option<String> {
    let id = ParticipationId::parse(format!("p-{number}")).unwrap();
    hemera.participation(&id).unwrap().value.result_outcome
}

#[tokio::test]
async fn results_of_a_file_are_written_and_once_only() {
    let hemera = participations(250).await;
    let aither = Aither::at(&hemera);
    aither.file("results.csv", csv(250));
    let json = aither.json(&["results", "import", "results.csv"]).await;
    assert_eq!(
        (&json["complete"], &json["report"]["updated"]),
        (&json!(true), &json!(250))
    );
    assert_eq!(outcome(&hemera, 249).as_deref(), Some("Outcome 249"));
    assert_eq!(lines(&hemera), ["PUT /api/service/participation-results"; 3]);
    let again = aither
        .run(&["results", "import", "results.csv"])
        .await
        .succeeded();
    assert!(
        again
            .output
            .contains("250 written before, 0 not written; 0 requests"),
        "{again:?}"
    );
}

#[tokio::test]
async fn dry_run_finds_no_fault_and_writes_neither_a_result_nor_a_journal() {
    let hemera = participations(3).await;
    let aither = Aither::at(&hemera);
    aither.file("results.csv", csv(3));
    let tried = aither
        .run(&["results", "import", "results.csv", "--dry-run"])
        .await
        .succeeded();
    assert_eq!(
        tried.output,
        "nothing was written: 3 rows without a fault, to be written with 1 request\n"
    );
    let json = aither
        .json(&["results", "import", "results.csv", "--dry-run"])
        .await;
    assert_eq!(
        (&json["written"], &json["checked"]["rows"]),
        (&json!(false), &json!(3))
    );
    assert!(hemera.requests().is_empty());
    assert_eq!(std::fs::read_dir(aither.directory()).unwrap().count(), 1);
}

#[tokio::test]
async fn all_faults_of_a_file_are_shown_with_their_place_and_nothing_is_written() {
    let hemera = participations(2).await;
    let aither = Aither::at(&hemera);
    let long = "x".repeat(2_001);
    aither.file(
        "results.csv",
        format!("\u{feff}participationId,resultOutcome\r\np 0,\"a\r\nb\"\r\np-1,{long}\r\n"),
    );
    for more in [&[][..], &["--dry-run"]] {
        let command = [&["results", "import", "results.csv"], more].concat();
        let ended = aither.run(&command).await;
        assert_eq!((ended.code, ended.output.as_str()), (Some(1), ""), "{ended:?}");
        let said: Vec<&str> = ended.notes.lines().collect();
        assert!(said[0].starts_with("row 2, participationId: "), "{ended:?}");
        assert!(
            said[1].starts_with("row 3 (line 4), resultOutcome: "),
            "{ended:?}"
        );
        assert!(said[2].contains("has 2 faults; correct them"), "{ended:?}");
        let ended = aither.run(&[&command[..], &["--json"]].concat()).await;
        let json: Value = serde_json::from_str(&ended.notes).unwrap();
        assert_eq!(json["error"]["details"]["faults"][1]["row"], 3);
    }
    assert!(hemera.requests().is_empty());
}

#[tokio::test]
async fn results_that_hemera_refuses_are_listed_and_the_rest_is_written() {
    let hemera = participations(3).await;
    let aither = Aither::at(&hemera);
    let lines = ["p-0", "missing", "p-2"]
        .map(|id| format!("{}\n", json!({ "participationId": id, "resultOutcome": "x" })));
    aither.file("results.ndjson", lines.concat());
    let ended = aither.run(&["results", "import", "results.ndjson"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended
            .output
            .contains("2 updated, 0 unchanged, 0 written before, 1 not written"),
        "{ended:?}"
    );
    assert!(ended.output.contains("missing"), "{ended:?}");
    assert_eq!(outcome(&hemera, 2).as_deref(), Some("x"));
}

#[tokio::test]
async fn ctrl_c_during_an_import_leaves_what_the_next_run_completes() {
    let hemera = participations(250).await;
    let aither = Aither::at(&hemera);
    aither.file("results.csv", csv(250));
    // The first request is answered, the second is not.
    hemera.fail_next(Fault::Slow(Duration::ZERO));
    hemera.fail_next(Fault::Slow(Duration::from_mins(10)));
    let child = aither.start(&["results", "import", "results.csv"]);
    while hemera.requests().len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    signal(&child, Signal::SIGINT);
    ended(child).await.failed(130);
    hemera.clear_faults();
    let json = aither.json(&["results", "import", "results.csv"]).await;
    assert_eq!(
        (&json["complete"], &json["report"]["rows"]),
        (&json!(true), &json!(250))
    );
    assert_eq!(json["report"]["writtenBefore"], 100);
    for number in [0, 100, 249] {
        assert_eq!(outcome(&hemera, number), Some(format!("Outcome {number}")));
    }
}

#[tokio::test]
async fn outage_during_an_import_says_how_far_it_came() {
    let hemera = participations(250).await;
    let aither = Aither::at(&hemera);
    aither.file("results.csv", csv(250));
    let retry_after = Duration::from_mins(90);
    hemera.fail_next(Fault::Unavailable { retry_after });
    let error = aither.run(&["results", "import", "results.csv"]).await.failed(4);
    // Also what to do about the outage itself.
    for said in [
        "0 of 250 results are written; ",
        "try again in",
        "then give the same command again",
    ] {
        assert!(error.contains(said), "{said}: {error}");
    }
    aither
        .run(&["results", "import", "results.csv"])
        .await
        .succeeded();
}

#[tokio::test]
async fn files_that_cannot_be_read_or_told_apart_are_refused() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let before = stored(&hemera);
    aither.file("results.txt", csv(1));
    let error = aither.run(&["results", "import", "results.txt"]).await.failed(2);
    assert!(error.contains("--format"), "{error}");
    let error = aither.run(&["results", "import", "missing.csv"]).await.failed(1);
    assert!(error.contains("missing.csv"), "{error}");
    assert_eq!(aither.run(&["results"]).await.code, Some(2));
    assert_eq!(stored(&hemera), before);
    assert!(hemera.requests().is_empty());
}

#[tokio::test]
async fn closed_pipe_does_not_end_an_import() {
    let hemera = participations(250).await;
    let aither = Aither::at(&hemera);
    aither.file("results.csv", csv(250));
    let mut child = aither.start(&["results", "import", "results.csv"]);
    drop(child.stdout.take());
    drop(child.stderr.take());
    assert_eq!(ended(child).await.code, Some(0));
    assert_eq!(outcome(&hemera, 249).as_deref(), Some("Outcome 249"));
}
