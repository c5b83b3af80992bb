//! Rows that Hemera could not decide about.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use aither_flows::results::{Import, ImportReport, Reason};
use freshness::RecordedSleep;

use super::scripted::Scripted;

/// Imports this many rows, and returns the report with the pauses.
async fn import(server: &Scripted, rows: usize) -> (ImportReport, Vec<Duration>) {
    let place = tempfile::tempdir().unwrap();
    let input = place.path().join("results.csv");
    let mut text = "participationId,complete\n".to_owned();
    for number in 1..=rows {
        writeln!(text, "p{number},true").unwrap();
    }
    std::fs::write(&input, text).unwrap();
    let sleep = RecordedSleep::new();
    let import = Import::new(&input).with_sleep(Arc::new(sleep.clone()));
    let report = import.run(&server.client).await.unwrap();
    // A row without a verdict is not in the journal.
    let journal = std::fs::read_to_string(&report.journal).unwrap();
    let open = report
        .not_written
        .iter()
        .filter(|item| matches!(item.reason, Reason::Unknown | Reason::NotReached));
    assert_eq!(
        journal.lines().count() as u64,
        1 + report.rows - open.count() as u64
    );
    (report, sleep.asked())
}

#[tokio::test]
async fn rows_that_were_not_reached_are_sent_again_first_and_as_often_as_it_takes() {
    // Each request gets 30 rows done.
    let server = Scripted::by(|_, place, _| if place < 30 { "UPDATED" } else { "NOT_REACHED" }).await;
    let (report, pauses) = import(&server, 250).await;
    assert_eq!((report.updated, report.requests), (250, 9));
    assert!(report.is_complete());
    let all: Vec<String> = server
        .requests()
        .iter()
        .flat_map(|ids| ids.iter().take(30).cloned())
        .collect();
    let expected: Vec<String> = (1..=250).map(|number| format!("p{number}")).collect();
    assert_eq!(all, expected, "in the order of the input");
    assert_eq!(pauses, [Duration::ZERO; 0]);
}

#[tokio::test]
async fn a_row_whose_fate_is_unknown_is_sent_five_times_with_longer_and_longer_pauses() {
    let server = Scripted::by(|_, _, id| if id == "p2" { "UNKNOWN" } else { "UPDATED" }).await;
    let (report, pauses) = import(&server, 3).await;
    assert_eq!((report.updated, report.requests), (2, 5));
    assert_eq!(
        (report.not_written[0].row, &report.not_written[0].reason),
        (3, &Reason::Unknown)
    );
    assert!(
        report.not_written[0]
            .to_string()
            .contains("run the import again later")
    );
    assert_eq!(pauses, [1, 2, 4, 8].map(Duration::from_secs));
    assert_eq!(server.requests()[1..], vec![vec!["p2"]; 4]);
}

#[tokio::test]
async fn a_row_whose_fate_was_unknown_may_be_decided_later() {
    let server = Scripted::by(|request, _, _| if request < 2 { "UNKNOWN" } else { "UNCHANGED" }).await;
    let (report, _) = import(&server, 2).await;
    assert_eq!((report.unchanged, report.requests), (2, 3));
}

#[tokio::test]
async fn a_server_that_never_reaches_anything_is_given_up_on() {
    let server = Scripted::by(|_, _, _| "NOT_REACHED").await;
    let (report, _) = import(&server, 2).await;
    assert_eq!(report.requests, 5);
    let reasons: Vec<_> = report
        .not_written
        .iter()
        .map(|item| (item.row, item.reason.clone()))
        .collect();
    assert_eq!(reasons, [(2, Reason::NotReached), (3, Reason::NotReached)]);
}

#[tokio::test]
async fn a_verdict_of_a_later_contract_is_reported_as_it_is() {
    let server = Scripted::by(|_, _, _| "POSTPONED").await;
    let (report, _) = import(&server, 1).await;
    assert_eq!(
        report.not_written[0].reason,
        Reason::Other("POSTPONED".to_owned())
    );
    assert!(
        report.not_written[0]
            .to_string()
            .contains("verdict was POSTPONED; update this program")
    );
}
