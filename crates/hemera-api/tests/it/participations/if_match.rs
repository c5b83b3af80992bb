//! `If-Match` on a result: it is written only if the participation is still the one that the caller read.

use crate::academy::academy;
use crate::support::{Answer, TestApp};

const PATH: &str = "/api/service/participations/part_anna/result";

async fn put(app: &TestApp, condition: &str, body: &str) -> Answer {
    app.service_key()
        .with("if-match", condition)
        .write(PATH, body)
        .await
}

#[tokio::test]
async fn the_version_that_was_read_is_written() {
    let app = academy().await;
    let read = app
        .service_key()
        .get("/api/service/participations/part_anna")
        .await;
    let tag = read.headers["etag"].to_str().unwrap();

    let answer = put(&app, tag, r#"{"resultNotes":"A"}"#).await;
    assert_eq!(answer.data()["resultNotes"], "A");
    assert_eq!(answer.headers["etag"], "\"2\"");
    app.finish().await;
}

#[tokio::test]
async fn any_other_is_not_and_the_answer_says_so() {
    let app = academy().await;
    for (number, condition) in [
        "\"2\"",
        "\"0\"",
        "W/\"1\"",
        "\"01\"",
        "\"+1\"",
        "\"99999999999999999999\"",
        "\"x\", \"2\"",
    ]
    .into_iter()
    .enumerate()
    {
        let answer = put(&app, condition, &format!(r#"{{"resultNotes":"{number}"}}"#)).await;
        answer.assert_error(412, "PRECONDITION_FAILED");
    }
    let read = app
        .service_key()
        .get("/api/service/participations/part_anna")
        .await;
    assert_eq!(read.data()["resultNotes"], "Nachgespräch im Mai.");
    assert_eq!(read.headers["etag"], "\"1\"");
    app.finish().await;
}

#[tokio::test]
async fn a_list_that_has_it_and_a_star_are_met() {
    let app = academy().await;
    let by_list = put(&app, "\"7\", \"1\"", r#"{"resultNotes":"A"}"#).await;
    assert_eq!(by_list.data()["resultNotes"], "A");
    let by_star = put(&app, "*", r#"{"resultNotes":"B"}"#).await;
    assert_eq!(by_star.data()["resultNotes"], "B");
    app.finish().await;
}

#[tokio::test]
async fn a_request_that_changes_nothing_is_right_whatever_its_condition() {
    let app = academy().await;
    let first = put(&app, "\"1\"", r#"{"resultNotes":"A","complete":true}"#).await;
    // The same once more, as a client does whose answer was lost.
    let again = put(&app, "\"1\"", r#"{"resultNotes":"A","complete":true}"#).await;

    assert_eq!(again.data(), first.data());
    assert_eq!(again.headers["etag"], "\"2\"");
    app.finish().await;
}

#[tokio::test]
async fn what_is_not_there_is_not_found_rather_than_changed() {
    let app = academy().await;
    for condition in ["*", "\"1\""] {
        let answer = app
            .service_key()
            .with("if-match", condition)
            .write(
                "/api/service/participations/part_none/result",
                r#"{"complete":true}"#,
            )
            .await;
        answer.assert_error(404, "NOT_FOUND");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_condition_that_cannot_be_read_is_refused() {
    let app = academy().await;
    for condition in ["1", "\"1", "*, \"1\""] {
        let answer = put(&app, condition, r#"{"complete":true}"#).await;
        assert_eq!(answer.faulty_fields(), ["If-Match"], "{condition}");
    }
    app.finish().await;
}
