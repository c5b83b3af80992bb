//! `aither result`: what is written, and what is refused before it is sent.

use std::time::Duration;

use aither_client::hemera_types::Operation;
use aither_client::testing::{Fault, InMemoryHemera};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::academy::{PARTICIPATION, academy, lines, participation_id, stored};
use crate::support::{Aither, ended, signal};

/// The arguments of a write to the one participation.
fn result<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["result", PARTICIPATION], more].concat()
}

/// The outcome, the notes and the status after a write.
fn texts(hemera: &InMemoryHemera) -> Value {
    let (outcome, notes, status, _) = stored(hemera);
    json!([outcome, notes, status])
}

#[tokio::test]
async fn what_is_named_is_written_and_nothing_else() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let written = aither
        .run(&result(&["--outcome", "Presents freely"]))
        .await
        .succeeded();
    assert!(written.output.starts_with("written\n"), "{written:?}");
    assert_eq!(
        texts(&hemera),
        json!(["Presents freely", "Opening too long", "RESULT"])
    );
    let json = aither
        .json(&result(&["--notes", "Ends well", "--complete"]))
        .await;
    assert_eq!(
        texts(&hemera),
        json!(["Presents freely", "Ends well", "COMPLETE"])
    );
    assert_eq!(json["written"], true);
    assert_eq!(json["participation"]["resultNotes"], "Ends well");
    assert_eq!(json["version"], "3");
    assert_eq!(json["requestId"], hemera.requests()[1].request_id.to_string());
    assert_eq!(
        lines(&hemera),
        ["PUT /api/service/participations/part-1/result"; 2]
    );
}

#[tokio::test]
async fn same_command_again_changes_nothing() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let command = result(&["--outcome", "Presents freely", "--complete"]);
    aither.run(&command).await.succeeded();
    let before = stored(&hemera);
    aither.run(&command).await.succeeded();
    assert_eq!(stored(&hemera), before);
}

#[tokio::test]
async fn texts_are_cleared_on_request() {
    let hemera = academy().await;
    Aither::at(&hemera)
        .run(&result(&["--clear-outcome", "--notes", "x"]))
        .await
        .succeeded();
    assert_eq!(texts(&hemera), json!([null, "x", "RESULT"]));
    Aither::at(&hemera)
        .run(&result(&["--clear-notes"]))
        .await
        .succeeded();
    assert_eq!(texts(&hemera), json!([null, null, "RESULT"]));
}

#[tokio::test]
async fn texts_come_from_files_and_standard_input() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    aither.file("outcome.txt", "Line one\r\nLine two\r\n\r\n");
    let command = result(&["--outcome-file", "outcome.txt", "--notes-file", "-"]);
    let written = aither
        .run_with_input(&command, "  Ümlaut – „quoted“\n".as_bytes())
        .await
        .succeeded();
    assert_eq!(written.notes, "");
    assert_eq!(
        texts(&hemera),
        json!(["Line one\nLine two", "  Ümlaut – „quoted“", "RESULT"])
    );
}

#[tokio::test]
async fn texts_that_cannot_be_meant_or_stored_are_refused_before_anything_is_sent() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let long = "ä".repeat(2_001);
    aither.file("long.txt", &long);
    aither.file("huge.txt", format!("a{}", "…".repeat(1 << 20)));
    aither.file("empty.txt", "\n\n");
    aither.file("latin1.txt", b"F\xfchrung");
    aither.file("nul.txt", b"a\0b");
    for (arguments, said) in [
        (&["--outcome", ""][..], "--clear-outcome"),
        (&["--notes-file", "empty.txt"], "--clear-notes"),
        (&["--outcome", &long], "at most 2000 characters, and has 2001"),
        (&["--notes-file", "long.txt"], "at most 2000 characters"),
        (&["--notes-file", "huge.txt"], "more than 2000 characters"),
        (&["--notes-file", "latin1.txt"], "UTF-8"),
        (&["--notes-file", "nul.txt"], "U+0000"),
        (&["--notes-file", "missing.txt"], "missing.txt"),
        (&["--notes-file", "-", "--outcome-file", "-"], "standard input"),
        (&[], "nothing to write"),
        (&["--dry-run"], "nothing to write"),
    ] {
        let error = aither.run(&result(arguments)).await.failed(2);
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
    for arguments in [
        &["--outcome", "a", "--clear-outcome"][..],
        &["--notes", "a", "--notes-file", "long.txt"],
        &["--if-unchanged=a\"b", "--complete"],
        &["--if-unchanged", "3"],
    ] {
        assert_eq!(
            aither.run(&result(arguments)).await.code,
            Some(2),
            "{arguments:?}"
        );
    }
    assert!(hemera.requests().is_empty());
}

#[tokio::test]
async fn longest_text_is_accepted() {
    let hemera = academy().await;
    let text = "🎓".repeat(2_000);
    let aither = Aither::at(&hemera);
    aither.file("long.txt", format!("{text}\n"));
    aither
        .run(&result(&["--notes-file", "long.txt"]))
        .await
        .succeeded();
    assert_eq!(texts(&hemera)[1], text);
}

#[tokio::test]
async fn dry_run_shows_what_would_change_and_writes_nothing() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let before = stored(&hemera);
    let command = result(&[
        "--outcome",
        "Presents freely",
        "--clear-notes",
        "--complete",
        "--dry-run",
    ]);
    let shown = aither.run(&command).await.succeeded();
    insta::assert_snapshot!("dry_run", shown.output);
    let json = aither.json(&command).await;
    assert_eq!(json["written"], false);
    assert_eq!(
        json["changes"],
        json!([
            { "field": "resultOutcome", "from": "Reads from notes", "to": "Presents freely" },
            { "field": "resultNotes", "from": "Opening too long", "to": null },
            { "field": "status", "from": "RESULT", "to": "COMPLETE" },
        ])
    );
    let nothing = aither
        .run(&result(&["--outcome", "Reads from notes", "--dry-run"]))
        .await
        .succeeded();
    assert!(nothing.output.starts_with("nothing would change"), "{nothing:?}");
    assert_eq!(stored(&hemera), before);
    assert_eq!(lines(&hemera), ["GET /api/service/participations/part-1"; 3]);
}

#[tokio::test]
async fn version_that_has_passed_is_refused_and_nothing_is_written() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    hemera.touch_participation(&participation_id()).unwrap();
    let before = stored(&hemera);
    let error = aither
        .run(&result(&["--outcome", "x", "--if-unchanged=1"]))
        .await
        .failed(1);
    assert!(error.contains("412"), "{error}");
    let error = aither
        .run(&result(&["--outcome", "x", "--if-unchanged=1", "--dry-run"]))
        .await
        .failed(1);
    assert!(error.contains("--if-unchanged=2"), "{error}");
    assert_eq!(stored(&hemera), before);
    for version in ["--if-unchanged=2", "--if-unchanged=\"3\"", "--if-unchanged"] {
        // A text that begins with a hyphen is no option after an equals sign.
        let outcome = format!("--outcome=- {version}");
        aither.run(&result(&[&outcome, version])).await.succeeded();
        assert_eq!(texts(&hemera)[0], format!("- {version}"));
    }
}

#[tokio::test]
async fn change_of_another_caller_between_read_and_write_is_refused() {
    let hemera = academy().await;
    hemera.fail_next(Fault::Conflict);
    let error = Aither::at(&hemera)
        .run(&result(&["--outcome", "x", "--if-unchanged"]))
        .await
        .failed(1);
    assert!(error.contains("412"), "{error}");
    assert_eq!(texts(&hemera)[0], "Reads from notes");
}

#[tokio::test]
async fn answer_that_gets_lost_is_asked_for_again() {
    let hemera = academy().await;
    hemera.fail_next(Fault::AnswerLost);
    Aither::at(&hemera)
        .run(&result(&["--outcome", "x", "--if-unchanged=1"]))
        .await
        .succeeded();
    assert_eq!(texts(&hemera)[0], "x");
    assert_eq!(lines(&hemera).len(), 2);
}

#[tokio::test]
async fn ctrl_c_ends_a_write_that_waits_and_it_may_be_given_again() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    for (number, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        hemera.clear_requests();
        hemera.fail_next(Fault::Slow(Duration::from_mins(10)).on(Operation::UpdateParticipationResult));
        let child = aither.start(&result(&["--outcome", "x"]));
        while hemera.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        signal(&child, number);
        let error = ended(child).await.failed(code);
        assert!(error.starts_with("interrupted"), "{error}");
    }
    assert_eq!(texts(&hemera)[0], "Reads from notes");
    aither.run(&result(&["--outcome", "x"])).await.succeeded();
    assert_eq!(texts(&hemera)[0], "x");
}
