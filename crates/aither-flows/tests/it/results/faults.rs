//! Inputs with faults: all of them are named at once, and nothing is written.

use aither_flows::results::ImportError;

use super::{ImportBench, check, faults};

#[tokio::test]
async fn all_faults_are_named_with_row_line_and_column() {
    let long = "x".repeat(2_001);
    let input = format!(
        "participationId,ifMatch,resultOutcome,resultNotes,complete,clear\n\
         p1,,\"two\nlines\",,,\n\
         ,3,{long},a\0b,yes,resultNotes\n\
         p1,,,,,\n\
         p3,,,,true,everything\n\
         p4,true\n\
         p5,,x,,,resultOutcome\n\
         p 6,*,,,true,\n"
    );
    let message = "must be 1 to 64 characters of A-Z, a-z, 0-9, `_` and `-`";
    let expected = [
        format!("row 3 (line 4), participationId: {message}"),
        "row 3 (line 4), ifMatch: must be `*` or a list of entity tags such as \"3\"".to_owned(),
        "row 3 (line 4), resultOutcome: must have at most 2000 characters".to_owned(),
        "row 3 (line 4), resultNotes: must not contain the character U+0000".to_owned(),
        "row 3 (line 4), complete: must be true, false or empty".to_owned(),
        "row 4 (line 5): must set at least one of resultOutcome, resultNotes, complete, clear".to_owned(),
        "row 5 (line 6), clear: must be resultOutcome, resultNotes, or both with a blank between them"
            .to_owned(),
        "row 6 (line 7): has 2 values, but the header has 6 columns".to_owned(),
        "row 7 (line 8), resultOutcome: must be empty, because the column clear names it".to_owned(),
        format!("row 8 (line 9), participationId: {message}"),
    ];
    assert_eq!(faults("results.csv", &input).await, expected);
    assert_eq!(
        faults("results.csv", input.replace('\n', "\r\n")).await.len(),
        expected.len()
    );

    let bench = ImportBench::new(5).await;
    let import = bench.import("results.csv", &input);
    let error = bench.run(&import).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("nothing was written, because the input has 10 faults; correct it"),
        "{text}"
    );
    assert!(text.ends_with("; and 5 more") && !text.contains('\n'), "{text}");
    assert_eq!(bench.hemera.requests().len(), 0);
    assert_eq!(bench.journals(), [""; 0].map(std::path::PathBuf::from));
}

#[tokio::test]
async fn a_participation_may_be_there_once() {
    let input = "participationId,complete\np1,true\np2,true\np1,false\n";
    let expected = ["row 4, participationId: must be that of no other row: row 2 has it"];
    assert_eq!(faults("results.csv", input).await, expected);
    let input = "{\"participationId\":\"p1\",\"complete\":true}\n".repeat(2);
    let expected = ["row 2, participationId: must be that of no other row: row 1 has it"];
    assert_eq!(faults("results.ndjson", input).await, expected);
}

#[tokio::test]
async fn faults_of_the_header_are_named() {
    let names = "participationId, ifMatch, resultOutcome, resultNotes, complete, clear";
    for (header, expected) in [
        (
            "participationId,outcome,resultOutcome",
            vec![format!(
                "row 1, outcome: is not a column of an import; they are {names}"
            )],
        ),
        (
            "participationId,complete,complete",
            vec!["row 1, complete: is there twice: keep one".to_owned()],
        ),
        (
            "participationId;complete",
            vec!["row 1: separate the columns by commas".to_owned()],
        ),
        (
            "ifMatch",
            vec![
                "row 1, participationId: must be a column".to_owned(),
                "row 1: must have at least one of resultOutcome, resultNotes, complete, clear".to_owned(),
            ],
        ),
    ] {
        assert_eq!(
            faults("results.csv", format!("{header}\np1,x,true\n")).await,
            expected,
            "{header}"
        );
    }
}

#[tokio::test]
async fn inputs_without_rows_are_refused() {
    for (name, input, expected) in [
        ("results.csv", "", "the input is empty: begin with a header"),
        (
            "results.csv",
            "\u{feff}",
            "the input is empty: begin with a header",
        ),
        (
            "results.csv",
            "participationId,complete\n",
            "row 1: the input has no rows",
        ),
        ("results.ndjson", "", "row 1: the input has no rows"),
        ("results.ndjson", "\n \r\n", "row 1: the input has no rows"),
    ] {
        let faults = faults(name, input).await;
        assert!(
            faults.len() == 1 && faults[0].contains(expected),
            "{input:?}: {faults:?}"
        );
    }
}

#[tokio::test]
async fn a_quote_that_is_not_closed_takes_no_other_row_for_its_text() {
    let input = "participationId,resultNotes\np1,fine\np2,\"open\np3,swallowed\n";
    let ImportError::Invalid(faults) = check("results.csv", input).await.unwrap_err() else {
        panic!("another error");
    };
    assert!(faults.is_incomplete);
    let text = faults.faults[0].to_string();
    assert!(
        text.starts_with("row 3: has a quote without its counterpart"),
        "{text}"
    );

    // So much that it would not fit into memory at some point: it ends long before.
    let input = format!(
        "participationId,resultNotes\np1,\"open\n{}",
        "p2,x\n".repeat(200_000)
    );
    let faults = super::faults("results.csv", input).await;
    assert!(
        faults.len() == 1 && faults[0].starts_with("row 2: is longer than any row may be: close"),
        "{faults:?}"
    );
}

#[tokio::test]
async fn a_text_that_goes_on_after_its_quote_loses_no_quote_and_takes_no_other_row() {
    for row in [
        "p2,\"Great\" course",
        "p2,\"open\np3,\"swallowed",
        "p2,\"a\"\"b\" \"c\"",
    ] {
        let input =
            format!("\u{feff}participationId,\"resultNotes\"\r\np1,\"fine, \"\"so\"\"\"\r\n{row}\r\n");
        let faults = faults("results.csv", input).await;
        assert!(
            faults.len() == 1 && faults[0].starts_with("row 3: has text after a closing quote"),
            "{row}: {faults:?}"
        );
    }
    let quoted =
        "participationId,resultNotes\np1,say \"yes\"\np2,\"\"\"yes\"\"\"\n\"p3\",\"\r\n\"\n\"p4\",\"x\"";
    assert_eq!(check("results.csv", quoted).await.unwrap().rows, 4);
}

#[tokio::test]
async fn what_is_not_utf_8_is_a_fault_of_its_value() {
    let input = b"participationId,resultNotes,resultOutcome\np1,M\xfcnchen,x\np2,fine,\xff\n";
    let expected = [
        "row 2, resultNotes: must be UTF-8: save the file as UTF-8",
        "row 3, resultOutcome: must be UTF-8: save the file as UTF-8",
    ];
    assert_eq!(faults("results.csv", input).await, expected);
}

#[tokio::test]
async fn a_check_ends_after_ten_thousand_faults() {
    let input = format!("participationId,complete\n{}", "p 1,true\n".repeat(12_000));
    let ImportError::Invalid(faults) = check("results.csv", input).await.unwrap_err() else {
        panic!("another error");
    };
    assert!(faults.is_incomplete);
    assert_eq!(faults.faults.len(), 10_000);
}

#[tokio::test]
async fn an_input_that_is_no_file_is_refused() {
    let bench = ImportBench::new(0).await;
    let import =
        aither_flows::results::Import::new(bench.place()).with_format(aither_flows::results::Format::Csv);
    let error = import.check().await.unwrap_err();
    assert!(error.to_string().contains("is no file"), "{error}");
    let import = aither_flows::results::Import::new(bench.place().join("none.csv"));
    let error = import.check().await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("none.csv could not be read: it does not exist"),
        "{error}"
    );
}
