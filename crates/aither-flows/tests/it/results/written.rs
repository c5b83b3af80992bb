//! What is written, and what the report says.

use std::fmt::Write as _;
use std::time::Duration;

use aither_client::hemera_types::Operation;
use aither_client::testing::Fault;
use aither_flows::Phase;
use aither_flows::results::{ImportError, Reason};

use super::ImportBench;
use crate::support::{self, Steps};

fn rows(count: usize) -> String {
    let mut text = "participationId,resultOutcome\n".to_owned();
    for number in 1..=count {
        writeln!(text, "p{number},new {number}").unwrap();
    }
    text
}

#[tokio::test]
async fn a_hundred_rows_are_one_request() {
    for (count, requests) in [(1, 1), (100, 1), (101, 2), (250, 3)] {
        let bench = ImportBench::new(count).await;
        let import = bench.import("results.csv", rows(count));
        let checked = import.check().await.unwrap();
        assert_eq!((checked.rows, checked.requests), (count as u64, requests));
        let steps = Steps::default();
        let report = bench.run(&import.with_progress(steps.clone())).await.unwrap();
        assert!(report.is_complete());
        assert_eq!((report.updated, report.requests), (count as u64, requests));
        assert!(
            bench
                .hemera
                .requests()
                .iter()
                .all(|request| { request.operation == Some(Operation::UpdateParticipationResults) })
        );
        assert_eq!(bench.state(&format!("p{count}")).0, Some(format!("new {count}")));
        let last = steps.all().into_iter().next_back().unwrap();
        assert_eq!(
            (last.phase, last.done, last.total),
            (Phase::WriteResults, count as u64, Some(count as u64))
        );
    }
}

#[tokio::test]
async fn long_rows_are_sent_in_bodies_within_the_limit() {
    let bench = ImportBench::new(150).await;
    let long = "\u{1}".repeat(2_000);
    let mut input = String::new();
    for number in 1..=150 {
        let row = serde_json::json!({ "participationId": format!("p{number}"), "resultOutcome": long, "resultNotes": long });
        writeln!(input, "{row}").unwrap();
    }
    let import = bench.import("results.ndjson", &input);
    // 24 kB each: 43 fit into 1 MiB.
    assert_eq!(import.check().await.unwrap().requests, 4);
    let report = bench.run(&import).await.unwrap();
    assert_eq!((report.updated, report.requests), (150, 4));
}

#[tokio::test]
async fn what_hemera_refuses_is_reported_with_its_row_reason_and_advice() {
    let bench = ImportBench::new(4).await;
    let input = "participationId,ifMatch,resultOutcome\n\
                 p1,\"\"\"1\"\"\",new\n\
                 missing,,new\n\
                 p2,\"\"\"9\"\"\",new\n\
                 p3,,old\n\
                 p4,*,new\n";
    let import = bench.import("results.csv", input);
    let report = bench.run(&import).await.unwrap();
    assert_eq!(
        (
            report.rows,
            report.updated,
            report.unchanged,
            report.written_before
        ),
        (5, 2, 1, 0)
    );
    let refused: Vec<_> = report
        .not_written
        .iter()
        .map(|item| (item.row, item.reason.clone(), item.etag.as_deref()))
        .collect();
    assert_eq!(
        refused,
        [
            (3, Reason::NotFound, None),
            (4, Reason::PreconditionFailed, Some("\"1\""))
        ]
    );
    let text = report.not_written[1].to_string();
    assert_eq!(
        text,
        "row 4, p2: another caller has changed the participation; read the participation again, decide, and import \
         the row with its new tag"
    );
    assert_eq!(bench.state("p2").0.as_deref(), Some("old"));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["notWritten"][0]["reason"], "NOT_FOUND");

    // The rows that were refused are asked for again, and only those.
    let again = bench.run(&import).await.unwrap();
    assert_eq!(
        (
            again.written_before,
            again.updated,
            again.not_written.len(),
            again.requests
        ),
        (3, 0, 2, 1)
    );
}

#[tokio::test]
async fn hemera_that_goes_away_halfway_is_one_line_and_the_next_run_continues() {
    let bench = ImportBench::new(250).await;
    let import = bench.import("results.csv", rows(250));
    let away = Fault::Unavailable {
        retry_after: Duration::from_secs(1),
    };
    let progress = FailsAfter {
        bench: std::sync::Arc::new(bench),
        rows: 100,
        fault: away,
    };
    let bench = std::sync::Arc::clone(&progress.bench);
    let error = bench
        .run(&import.clone().with_progress(progress))
        .await
        .unwrap_err();
    let ImportError::Interrupted(interrupted) = &error else {
        panic!("{error}");
    };
    assert_eq!((interrupted.written, interrupted.rows), (100, 250));
    let text = error.to_string();
    assert!(!text.contains('\n') && text.contains("503"), "{text}");
    assert!(
        text.ends_with("100 of 250 results are written: run the import again, it continues"),
        "{text}"
    );

    bench.hemera.clear_faults();
    bench.clock.advance(Duration::from_mins(5));
    let report = bench.run(&import).await.unwrap();
    assert_eq!(
        (report.written_before, report.updated, report.requests),
        (100, 150, 2)
    );
    assert!((1..=250).all(|number| bench.state(&format!("p{number}")).3 == "\"2\""));
}

/// Makes Hemera fail once so many rows are written.
struct FailsAfter {
    bench: std::sync::Arc<ImportBench>,
    rows: u64,
    fault: Fault,
}

impl aither_flows::Progress for FailsAfter {
    fn step(&self, step: aither_flows::Step) {
        if step.phase == Phase::WriteResults && step.done == self.rows {
            self.bench.hemera.fail_next(self.fault.times(1_000));
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_no_second_version() {
    let bench = ImportBench::new(100).await;
    bench.hemera.fail_next(Fault::AnswerLost);
    let report = bench.run(&bench.import("results.csv", rows(100))).await.unwrap();
    assert_eq!((report.unchanged, report.requests), (100, 2));
    assert!((1..=100).all(|number| bench.state(&format!("p{number}")).3 == "\"2\""));
}

#[tokio::test]
async fn a_dropped_import_is_continued() {
    let bench = ImportBench::new(250).await;
    let import = bench.import("results.csv", rows(250));
    for dropped_at in 1..=3 {
        bench.hemera.clear_requests();
        let client = bench.client();
        let mut run = Box::pin(import.run(&client));
        while bench.hemera.requests().len() < dropped_at {
            if tokio::time::timeout(Duration::from_micros(50), &mut run)
                .await
                .is_ok()
            {
                break;
            }
        }
    }
    let report = loop {
        match bench.run(&import).await {
            Err(ImportError::Busy { .. }) => tokio::task::yield_now().await,
            ended => break ended.unwrap(),
        }
    };
    assert!(report.is_complete());
    assert!((1..=250).all(|number| bench.state(&format!("p{number}")).3 == "\"2\""));
}

#[tokio::test]
async fn ten_thousand_results_take_less_than_three_minutes_at_the_limit_of_the_contract() {
    let clock = support::clock();
    let builder = support::limited(&clock);
    let bench = ImportBench::of(10_000, clock, builder).await;
    let report = bench
        .run(&bench.import("results.csv", rows(10_000)))
        .await
        .unwrap();
    assert_eq!((report.updated, report.requests), (10_000, 100));
    let took = support::time_within_limits(&bench.hemera);
    assert!(
        took > Duration::from_mins(1) && took < Duration::from_mins(3),
        "{took:?}"
    );
}
