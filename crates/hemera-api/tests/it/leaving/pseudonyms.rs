//! `participant_identity = "pseudonymous"`: in every operation the same hash for the same person, and the person
//! nowhere.

use hemera_types::{Named as _, Operation};
use serde_json::Value;

use super::ask;
use crate::academy::academy_with;
use crate::support::{CapturedLog, TestApp};

const KEY: &str = "a key of at least 32 characters.";

/// What is known of the small academy's people.
const PERSONAL: [&str; 7] = [
    "user_anna",
    "user_bernd",
    "user_noname",
    "Becker",
    "Vogel",
    "img.example",
    "teilnehmer.example",
];

async fn pseudonymous(key: &str) -> TestApp {
    academy_with(&[
        ("HEMERA_IDENTITY__PARTICIPANT_IDENTITY", "pseudonymous"),
        ("HEMERA_IDENTITY__PSEUDONYM_KEY", key),
    ])
    .await
}

/// Anna's pseudonym, as that answer shows it.
fn anna(value: &Value, list: &str) -> String {
    let bookings = value[list].as_array().unwrap();
    let of_anna = bookings.iter().find(|row| row["bookingId"] == "booking_a");
    of_anna.unwrap()["userId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_is_the_same_keyed_hash_in_every_operation() {
    let app = pseudonymous(KEY).await;
    let read = ask(&app, Operation::GetParticipation).await.data();
    // Computed with: printf user_anna | openssl dgst -sha256 -hmac "$KEY" -binary | basenc --base64url
    let expected = "Z_GXIjiikcSB8Bsw89qjr07i_v2M0UWcbNcAPOCvcg0";
    assert_eq!(read["userId"], expected);
    let written = ask(&app, Operation::UpdateParticipationResult).await.data();
    assert_eq!(written["userId"], expected);
    let course = ask(&app, Operation::GetCourse).await.data();
    assert_eq!(anna(&course, "participants"), expected);
    assert_eq!(anna(&course, "participations"), expected);
    let other = app
        .service_key()
        .get("/api/service/courses/course_coaching")
        .await;
    assert_eq!(other.data()["participants"][0]["userId"], expected);
    for participant in course["participants"].as_array().unwrap() {
        assert_eq!(
            (&participant["name"], &participant["imageUrl"]),
            (&Value::Null, &Value::Null)
        );
    }
    app.finish().await;
}

#[tokio::test]
async fn another_server_with_the_key_agrees_and_one_with_another_key_does_not() {
    let mut seen = Vec::new();
    for key in [KEY, KEY, "another key of 32 characters or more"] {
        let app = pseudonymous(key).await;
        let course = ask(&app, Operation::GetCourse).await.data();
        seen.push(anna(&course, "participants"));
        app.finish().await;
    }
    assert_eq!(seen[0], seen[1]);
    assert_ne!(seen[0], seen[2]);
}

#[tokio::test]
async fn a_person_is_in_no_answer_no_log_line_and_no_audit_record() {
    let app = pseudonymous(KEY).await;
    // From here on: how the academy was made is no doing of the server's.
    let log = CapturedLog::start();
    let mut texts = Vec::new();
    for &operation in Operation::ALL {
        texts.push(ask(&app, operation).await.text);
    }
    let result = "/api/service/participations/part_anna/result";
    let stale = app.service_key().with("if-match", "\"7\"");
    texts.push(stale.write(result, r#"{"resultNotes":"x"}"#).await.text);
    texts.push(app.service_key().write(result, r#"{"userId":"x"}"#).await.text);
    texts.push(app.service_key().get("/api/service/courses/missing").await.text);
    let asked = texts.len();
    let database = app.finish().await;
    let logged = log.text();
    assert!(logged.contains("/api/service/participations/{id}/result"));
    texts.push(logged);
    let records = database.rows("select * from audit_log").await;
    let of_requests = records.iter().filter(|record| record["item"].is_null());
    assert!(of_requests.count() == asked, "{records:#?}");
    texts.push(serde_json::to_string(&records).unwrap());

    for text in &texts {
        for line in text.lines() {
            let found = PERSONAL.iter().chain([&KEY]).find(|word| line.contains(*word));
            assert_eq!(found, None, "{line}");
        }
    }
}
