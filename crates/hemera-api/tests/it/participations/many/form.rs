//! The form is checked as a whole, before anything is written.

use serde_json::{Value, json};

use super::{PATH, noted, noting, participations, put, verdicts};
use crate::academy::empty_academy;
use crate::support::TestApp;

async fn many() -> TestApp {
    let app = empty_academy().await;
    app.database.run(&participations(101)).await;
    app
}

/// Each fault with the place of its update; of three updates, the two good ones are not written either.
#[tokio::test]
async fn a_fault_in_one_update_is_named_with_its_place_and_nothing_is_written() {
    let app = many().await;
    let long = "x".repeat(2_001);
    let faulty: [(Value, &str); 12] = [
        (json!({ "resultNotes": "a" }), "updates[1].participationId"),
        (
            json!({ "participationId": "not an id", "resultNotes": "a" }),
            "updates[1].participationId",
        ),
        (
            json!({ "participationId": 7, "resultNotes": "a" }),
            "updates[1].participationId",
        ),
        (
            json!({ "participationId": "part_1", "resultNotes": "a" }),
            "updates[1].participationId",
        ),
        (json!({ "participationId": "part_2" }), "updates[1]"),
        (
            json!({ "participationId": "part_2", "resultNotes": long }),
            "updates[1].resultNotes",
        ),
        (
            json!({ "participationId": "part_2", "resultOutcome": "\u{0}" }),
            "updates[1].resultOutcome",
        ),
        (
            json!({ "participationId": "part_2", "complete": null }),
            "updates[1].complete",
        ),
        (
            json!({ "participationId": "part_2", "complete": true, "ifMatch": "3" }),
            "updates[1].ifMatch",
        ),
        (
            json!({ "participationId": "part_2", "complete": true, "ifMatch": null }),
            "updates[1].ifMatch",
        ),
        (
            json!({ "participationId": "part_2", "complete": true, "status": "COMPLETE" }),
            "updates[1].status",
        ),
        (json!("part_2"), "updates[1]"),
    ];
    for (update, field) in faulty {
        let mut body = noting([1, 2, 3], "a");
        body["updates"][1] = update;
        let answer = put(&app, &body).await;
        assert_eq!(answer.faulty_fields(), [field], "{body}");
    }
    let twice = r#"{"updates":[{"participationId":"part_1","complete":true,"complete":false}]}"#;
    let answer = app.service_key().write(PATH, twice).await;
    assert_eq!(answer.faulty_fields(), ["updates[0].complete"]);

    assert_eq!(noted(&app.database, "a").await, 0);
    let database = app.finish().await;
    let records = database.rows("select distinct status, item from audit_log").await;
    assert_eq!(records, [json!({ "status": 400, "item": null })]);
}

#[tokio::test]
async fn all_faults_are_named_together() {
    let app = many().await;
    let body = json!({ "dryRun": true, "updates": [
        { "participationId": "part_1", "resultNotes": 1, "resultOutcome": 2 },
        { "participationId": "part_2", "complete": true },
        { "ifMatch": "W/", "participationId": "part_2", "complete": "yes" },
    ] });
    let mut fields = put(&app, &body).await.faulty_fields();
    fields.sort();
    assert_eq!(
        fields,
        [
            "dryRun",
            "updates[0].resultNotes",
            "updates[0].resultOutcome",
            "updates[2].complete",
            "updates[2].ifMatch",
            "updates[2].participationId",
        ]
    );
    app.finish().await;
}

#[tokio::test]
async fn one_to_a_hundred_updates_are_taken() {
    let app = many().await;
    for count in [0, 101] {
        let answer = put(&app, &noting(1..=count, "a")).await;
        assert_eq!(answer.faulty_fields(), ["updates"], "{count}");
    }
    for body in [r#"{"updates":{}}"#, "{}", r#"{"updates":[],"updates":[]}"#] {
        let answer = app.service_key().write(PATH, body).await;
        assert!(answer.faulty_fields().contains(&"updates".to_owned()), "{body}");
    }
    app.service_key()
        .write(PATH, "[]")
        .await
        .assert_error(400, "VALIDATION_ERROR");
    app.service_key()
        .write(PATH, "{")
        .await
        .assert_error(400, "INVALID_INPUT");
    assert_eq!(noted(&app.database, "a").await, 0);
    assert_eq!(verdicts(&put(&app, &noting([7], "a")).await), ["UPDATED"]);
    app.finish().await;
}

/// Only for this operation: the write of a single result still takes 64 KiB.
#[tokio::test]
async fn a_body_may_have_a_mebibyte() {
    let app = many().await;
    let padded = |bytes: usize, body: String| {
        let mut body = body.into_bytes();
        body.resize(bytes, b' ');
        body
    };
    let most = 1024 * 1024;
    let body = noting(1..=3, "a").to_string();
    let answer = app.service_key().write(PATH, padded(most, body)).await;
    assert_eq!(verdicts(&answer), ["UPDATED"; 3]);

    let body = noting(4..=6, "b").to_string();
    let answer = app.service_key().write(PATH, padded(most + 1, body)).await;
    let error = answer.assert_error(413, "PAYLOAD_TOO_LARGE");
    assert!(error["message"].as_str().unwrap().contains("1 MiB"), "{error}");
    assert_eq!(noted(&app.database, "b").await, 0);

    let single = "/api/service/participations/part_1/result";
    let body = padded(64 * 1024 + 1, r#"{"complete":true}"#.to_owned());
    let answer = app.service_key().write(single, body).await;
    let error = answer.assert_error(413, "PAYLOAD_TOO_LARGE");
    assert!(error["message"].as_str().unwrap().contains("64 KiB"), "{error}");
    app.finish().await;
}

/// A body of nothing but faults is not answered with as many.
#[tokio::test]
async fn an_answer_stays_small_however_many_faults_a_body_has() {
    let app = many().await;
    let faults = r#"{"a":1},"#.repeat(100);
    let members = r#""a":1,"#.repeat(100_000);
    for body in [
        format!(r#"{{{members}"updates":[]}}"#),
        format!(r#"{{"updates":[{{{members}"complete":true}}]}}"#),
        format!(r#"{{"updates":[{faults}{{}}]}}"#),
    ] {
        let answer = app.service_key().write(PATH, body).await;
        assert!(answer.faulty_fields().len() <= 1_001);
        assert!(answer.text.len() < 200_000, "{}", answer.text.len());
    }
    app.finish().await;
}
