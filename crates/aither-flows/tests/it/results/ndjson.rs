//! NDJSON: each line by the rules of the bulk operation.

use super::{ImportBench, faults};

#[tokio::test]
async fn every_field_of_the_bulk_operation_is_read() {
    let bench = ImportBench::new(3).await;
    let input = "\u{feff}{\"participationId\":\"p1\",\"resultOutcome\":\"\",\"resultNotes\":\"a\\nb\"}\r\n\
                 \n\
                 {\"participationId\":\"p2\",\"resultOutcome\":null,\"complete\":true,\"ifMatch\":\"\\\"1\\\"\"}\n\
                 {\"participationId\":\"p3\",\"ifMatch\":\"\\\"7\\\"\",\"complete\":true}";
    let report = bench.run(&bench.import("results.jsonl", input)).await.unwrap();
    assert_eq!((report.rows, report.updated), (3, 2));
    assert_eq!(bench.state("p1").0.as_deref(), Some(""));
    assert_eq!(bench.state("p1").1.as_deref(), Some("a\nb"));
    assert_eq!(bench.state("p2").0, None);
    let not_written = &report.not_written[0];
    assert_eq!((not_written.row, not_written.etag.as_deref()), (4, Some("\"1\"")));
}

#[tokio::test]
async fn all_faults_are_named_with_their_line_and_field() {
    let long = "x".repeat(2_001);
    let input = format!(
        "not json\n\
         {{\"participationId\":\"p1\",\"complete\":true}}, {{\"participationId\":\"p2\",\"complete\":true}}\n\
         [1]\n\
         {{}}\n\
         {{\"participationId\":\"p 3\",\"resultNotes\":\"{long}\",\"complete\":1,\"other\":2}}\n\
         {{\"participationId\":\"p4\",\"complete\":true,\"complete\":true}}\n\
         {{\"participationId\":\"p5\",\"complete\":true}}]}}\n"
    );
    let faults = faults("results.ndjson", input).await;
    let places: Vec<&str> = faults
        .iter()
        .map(|fault| fault.split_once(": ").unwrap().0)
        .collect();
    assert_eq!(
        places,
        [
            "row 1",
            "row 2",
            "row 3",
            "row 4, participationId",
            "row 4",
            "row 5, participationId",
            "row 5, resultNotes",
            "row 5, complete",
            "row 5, other",
            "row 6, complete",
            "row 7",
        ],
        "{faults:#?}"
    );
}

#[tokio::test]
async fn a_line_that_does_not_end_is_a_fault_and_not_read_as_a_whole() {
    let input = format!(
        "{{\"participationId\":\"p1\",\"resultNotes\":\"{}",
        "x".repeat(1 << 20)
    );
    let faults = faults("results.ndjson", input).await;
    assert!(
        faults.len() == 1 && faults[0].starts_with("row 1: is longer than any row may be"),
        "{faults:?}"
    );
}
