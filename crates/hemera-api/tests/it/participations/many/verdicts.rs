//! Each update by itself: its condition, its verdict, its tag, its record.

use serde_json::{Value, json};

use super::{noted, noting, participations, put, verdicts};
use crate::academy::{academy, empty_academy};

#[tokio::test]
async fn a_hundred_updates_are_written_with_one_request() {
    let app = empty_academy().await;
    app.database.run(&participations(100)).await;
    let answer = put(&app, &noting(1..=100, "neu")).await;
    assert_eq!(verdicts(&answer), vec!["UPDATED"; 100]);
    let results = answer.data()["results"].clone();
    for (number, result) in (1..).zip(results.as_array().unwrap()) {
        assert_eq!(result["participationId"], format!("part_{number}"));
        assert_eq!(result["etag"], "\"2\"");
    }
    assert_eq!(noted(&app.database, "neu").await, 100);

    let again = put(&app, &noting(1..=100, "neu")).await;
    assert_eq!(verdicts(&again), vec!["UNCHANGED"; 100]);
    app.finish().await;
}

#[tokio::test]
async fn each_update_has_its_own_condition_and_verdict() {
    let app = academy().await;
    let body = json!({ "updates": [
        { "participationId": "part_missing", "complete": true },
        { "participationId": "part_anna", "ifMatch": "\"7\"", "resultNotes": "veraltet" },
        { "participationId": "part_bernd", "ifMatch": "W/\"1\", \"1\"", "resultOutcome": "Neu.", "complete": true },
    ] });
    let answer = put(&app, &body).await;
    assert_eq!(verdicts(&answer), ["NOT_FOUND", "PRECONDITION_FAILED", "UPDATED"]);
    assert_eq!(
        answer.json()["message"],
        "Participation results processed: see the verdict on each update"
    );
    let tags: Vec<Value> = (0..3)
        .map(|index| answer.data()["results"][index]["etag"].clone())
        .collect();
    assert_eq!(tags, [Value::Null, json!("\"1\""), json!("\"2\"")]);

    // What is stored already is right under any condition, as for a single participation.
    let body = json!({ "updates": [
        { "participationId": "part_bernd", "ifMatch": "\"1\"", "resultOutcome": "Neu." },
        { "participationId": "part_anna", "ifMatch": "*", "resultNotes": null },
    ] });
    let answer = put(&app, &body).await;
    assert_eq!(verdicts(&answer), ["UNCHANGED", "UPDATED"]);
    let read = app
        .service_key()
        .get("/api/service/participations/part_bernd")
        .await;
    assert_eq!(read.data()["status"], "COMPLETE");
    assert_eq!(read.header("etag"), answer.data()["results"][0]["etag"]);
    app.finish().await;
}
