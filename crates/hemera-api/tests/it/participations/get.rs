//! `GET /api/service/participations/{id}`

use crate::academy::academy;

#[tokio::test]
async fn what_is_not_there_yet_is_null() {
    let app = academy().await;
    let answer = app
        .service_key()
        .get("/api/service/participations/part_bernd")
        .await;

    for field in [
        "preparationIntent",
        "desiredResults",
        "resultOutcome",
        "resultNotes",
        "resultCompletedAt",
    ] {
        assert!(
            answer.data().get(field).is_some_and(serde_json::Value::is_null),
            "{field}"
        );
    }
    app.finish().await;
}

#[tokio::test]
async fn an_id_that_names_none_is_not_found() {
    let app = academy().await;
    let answer = app
        .service_key()
        .get("/api/service/participations/part_none")
        .await;

    let error = answer.assert_error(404, "NOT_FOUND");
    assert_eq!(error["message"], "Participation not found");
    app.finish().await;
}
