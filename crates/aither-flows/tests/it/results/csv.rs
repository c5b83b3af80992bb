//! CSV as people's programs write it.

use super::{ImportBench, check};

#[tokio::test]
async fn byte_order_mark_windows_line_ends_and_quoted_line_ends_are_read() {
    let bench = ImportBench::new(3).await;
    let input = "\u{feff}complete,participationId,resultOutcome,resultNotes\r\n\
                 TRUE,p1,\"Two lines:\r\nand \"\"quotes\"\", commas\",\r\n\
                 ,p2,Umlaut: ä 🎓,\r\n\
                 false,p3,,Notes\r\n";
    let report = bench.run(&bench.import("results.csv", input)).await.unwrap();
    assert_eq!((report.rows, report.updated, report.requests), (3, 3, 1));
    assert_eq!(
        bench.state("p1"),
        (
            Some("Two lines:\r\nand \"quotes\", commas".to_owned()),
            None,
            "COMPLETE".into(),
            "\"2\"".into()
        )
    );
    assert_eq!(bench.state("p2").0, Some("Umlaut: ä 🎓".to_owned()));
    assert_eq!(
        bench.state("p3"),
        (
            Some("old".to_owned()),
            Some("Notes".to_owned()),
            "PREPARATION".into(),
            "\"2\"".into()
        )
    );
}

#[tokio::test]
async fn empty_values_leave_a_text_and_the_column_clear_clears_it() {
    let bench = ImportBench::new(3).await;
    let input =
        "participationId,resultNotes,clear\np1,Notes,\np2,,resultOutcome\np3,,resultOutcome resultNotes\n";
    bench.run(&bench.import("results.csv", input)).await.unwrap();
    assert_eq!(bench.state("p1").0, Some("old".to_owned()));
    assert_eq!(bench.state("p2").0, None);
    assert_eq!(bench.state("p3").0, None);
}

#[tokio::test]
async fn empty_lines_and_a_missing_last_line_end_do_not_count() {
    let input = "participationId,complete\n\n\np1,true\r\n\r\np2,true";
    assert_eq!(check("results.csv", input).await.unwrap().rows, 2);
}

#[tokio::test]
async fn the_name_or_the_caller_says_the_format() {
    let bench = ImportBench::new(1).await;
    let csv = "participationId,complete\np1,true\n";
    assert_eq!(check("RESULTS.CSV", csv).await.unwrap().rows, 1);
    let import = bench.import("results.txt", csv);
    let error = import.check().await.unwrap_err();
    assert!(error.to_string().contains("name the format"), "{error}");
    let import = import.with_format(aither_flows::results::Format::Csv);
    assert_eq!(import.check().await.unwrap().rows, 1);
}
