//! `PUT /api/service/participations/{id}/result`: three states a field, and what leaves the row alone.

use serde_json::{Value, json};

use crate::academy::academy;
use crate::support::{Answer, TestApp};

const PATH: &str = "/api/service/participations/part_anna/result";

async fn put(app: &TestApp, body: impl Into<Vec<u8>>) -> Answer {
    app.service_key().write(PATH, body).await
}

/// The row behind the answer.
async fn row(app: &TestApp) -> Value {
    let rows = app
        .database
        .rows("select * from course_participations where id = 'part_anna'")
        .await;
    rows.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_field_is_set_cleared_emptied_or_left_alone() {
    let app = academy().await;
    let cases = [
        (
            r#"{"resultOutcome":"A"}"#,
            json!("A"),
            json!("Nachgespräch im Mai."),
        ),
        (r#"{"resultNotes":"B"}"#, json!("A"), json!("B")),
        (r#"{"resultOutcome":null}"#, json!(null), json!("B")),
        (r#"{"resultNotes":""}"#, json!(null), json!("")),
        (
            r#"{"resultNotes":null,"resultOutcome":"C"}"#,
            json!("C"),
            json!(null),
        ),
        (r#"{"complete":false}"#, json!("C"), json!(null)),
    ];
    for (body, outcome, notes) in cases {
        let answer = put(&app, body).await;
        assert_eq!(answer.data()["resultOutcome"], outcome, "{body}");
        assert_eq!(answer.data()["resultNotes"], notes, "{body}");
        assert_eq!(answer.data()["status"], "RESULT", "{body}");
        let stored = row(&app).await;
        assert_eq!(stored["result_outcome"], outcome, "{body}");
        assert_eq!(stored["result_notes"], notes, "{body}");
    }
    app.finish().await;
}

#[tokio::test]
async fn nothing_else_of_the_row_is_written() {
    let app = academy().await;
    let before = row(&app).await;
    put(&app, r#"{"resultOutcome":"A","resultNotes":"B","complete":true}"#).await;
    let after = row(&app).await;

    let mut changed: Vec<&String> = Vec::new();
    for (column, value) in before.as_object().unwrap() {
        if after[column] != *value {
            changed.push(column);
        }
    }
    changed.sort();
    assert_eq!(
        changed,
        [
            "result_completed_at",
            "result_notes",
            "result_outcome",
            "status",
            "updated_at",
            "version"
        ]
    );
    app.finish().await;
}

#[tokio::test]
async fn completing_counts_the_first_time_only() {
    let app = academy().await;
    let first = put(&app, r#"{"complete":true}"#).await;
    let completed_at = first.data()["resultCompletedAt"].clone();
    assert!(completed_at.is_string());
    assert_eq!(first.data()["status"], "COMPLETE");

    let again = put(&app, r#"{"complete":true}"#).await;
    assert_eq!(again.data(), first.data(), "a request that changes nothing");
    assert_eq!(again.headers["etag"], first.headers["etag"]);

    let later = put(&app, r#"{"complete":true,"resultNotes":"später"}"#).await;
    assert_eq!(later.data()["resultCompletedAt"], completed_at);
    assert_eq!(later.data()["resultNotes"], "später");

    let undone = put(&app, r#"{"complete":false}"#).await;
    assert_eq!(undone.data()["status"], "COMPLETE", "false takes nothing back");
    app.finish().await;
}

#[tokio::test]
async fn a_request_that_changes_nothing_leaves_the_row_untouched() {
    let app = academy().await;
    let before = app
        .database
        .rows("select xmin::text, ctid::text, version, updated_at from course_participations where id = 'part_anna'")
        .await;
    for body in [
        r#"{"resultOutcome":"Der Plan steht."}"#,
        r#"{"resultOutcome":"Der Plan steht.","resultNotes":"Nachgespräch im Mai.","complete":false}"#,
    ] {
        let answer = put(&app, body).await;
        assert_eq!(answer.data()["updatedAt"], "2025-03-01T10:00:00.000Z", "{body}");
        assert_eq!(
            answer.json()["message"],
            "Participation result updated successfully"
        );
    }
    let after = app
        .database
        .rows("select xmin::text, ctid::text, version, updated_at from course_participations where id = 'part_anna'")
        .await;
    assert_eq!(after, before, "not even written again");
    app.finish().await;
}

#[tokio::test]
async fn two_thousand_characters_are_stored_whatever_they_weigh_and_one_more_is_refused() {
    let app = academy().await;
    // Four bytes in UTF-8, two units in UTF-16, one character.
    let most = "\u{1F98B}".repeat(2_000);
    let answer = put(
        &app,
        json!({ "resultOutcome": most, "resultNotes": most }).to_string(),
    )
    .await;
    assert_eq!(answer.data()["resultOutcome"], most);
    let stored = row(&app).await;
    assert_eq!(stored["result_notes"], most);

    let more = format!("{most}\u{1F98B}");
    for field in ["resultOutcome", "resultNotes"] {
        let refused = put(&app, json!({ field: more }).to_string()).await;
        assert_eq!(refused.faulty_fields(), [field]);
    }
    assert_eq!(row(&app).await, stored);
    app.finish().await;
}

#[tokio::test]
async fn a_body_out_of_its_limits_is_refused_and_nothing_written() {
    let app = academy().await;
    let before = row(&app).await;
    let over = vec![b' '; 64 * 1024 + 1];
    let cases: [(&[u8], u16, &str); 16] = [
        (br#"{"resultOutcome":"a\u0000b"}"#, 400, "VALIDATION_ERROR"),
        (br#"{"complete":null}"#, 400, "VALIDATION_ERROR"),
        (br#"{"complete":"true"}"#, 400, "VALIDATION_ERROR"),
        (br#"{"complete":1}"#, 400, "VALIDATION_ERROR"),
        (br#"{"resultNotes":7}"#, 400, "VALIDATION_ERROR"),
        (b"{}", 400, "VALIDATION_ERROR"),
        (b"[]", 400, "VALIDATION_ERROR"),
        (b"null", 400, "VALIDATION_ERROR"),
        (
            br#"{"resultNotes":"a","resultNotes":"b"}"#,
            400,
            "VALIDATION_ERROR",
        ),
        (br#"{"status":"COMPLETE"}"#, 400, "VALIDATION_ERROR"),
        (
            br#"{"complete":true,"userId":"user_bernd"}"#,
            400,
            "VALIDATION_ERROR",
        ),
        (br#"{"complete":true"#, 400, "INVALID_INPUT"),
        (b"", 400, "INVALID_INPUT"),
        (b"{\"resultNotes\":\"\xff\"}", 400, "INVALID_INPUT"),
        (br#"{"complete":true} x"#, 400, "INVALID_INPUT"),
        (&over, 413, "PAYLOAD_TOO_LARGE"),
    ];
    for (body, status, code) in cases {
        let answer = put(&app, body).await;
        answer.assert_error(status, code);
    }
    assert_eq!(row(&app).await, before);
    app.finish().await;
}

#[tokio::test]
async fn an_id_that_names_none_is_not_found() {
    let app = academy().await;
    let answer = app
        .service_key()
        .write(
            "/api/service/participations/part_none/result",
            r#"{"complete":true}"#,
        )
        .await;

    let error = answer.assert_error(404, "NOT_FOUND");
    assert_eq!(error["message"], "Participation not found");
    app.finish().await;
}
