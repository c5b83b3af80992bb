//! A write and its record: both or neither.

use serde_json::json;

use crate::academy::academy;

const PATH: &str = "/api/service/participations/part_anna/result";

#[tokio::test]
async fn without_its_record_nothing_is_written() {
    let app = academy().await;
    app.database
        .run("alter table audit_log add constraint no_room check (changed_fields is null)")
        .await;
    let answer = app
        .service_key()
        .write(PATH, r#"{"resultNotes":"A","complete":true}"#)
        .await;
    answer.assert_error(500, "INTERNAL_ERROR");

    let row = app
        .database
        .rows("select version, status, result_notes from course_participations where id = 'part_anna'")
        .await;
    assert_eq!(
        row,
        [json!({ "version": 1, "status": "RESULT", "result_notes": "Nachgespräch im Mai." })]
    );

    app.database
        .run("alter table audit_log drop constraint no_room")
        .await;
    let again = app
        .service_key()
        .write(PATH, r#"{"resultNotes":"A","complete":true}"#)
        .await;
    assert_eq!(again.data()["status"], "COMPLETE");
    app.finish().await;
}

#[tokio::test]
async fn without_the_change_no_record_says_that_there_was_one() {
    let app = academy().await;
    app.database
        .run("alter table course_participations add constraint stay check (result_notes <> 'A')")
        .await;
    let answer = app.service_key().write(PATH, r#"{"resultNotes":"A"}"#).await;
    answer.assert_error(500, "INTERNAL_ERROR");

    let database = app.finish().await;
    let records = database
        .rows("select outcome, status, changed_fields from audit_log")
        .await;
    assert_eq!(
        records,
        [json!({ "outcome": "FAILED", "status": 500, "changed_fields": null })]
    );
}
