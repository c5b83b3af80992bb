//! `participant_identity = "pseudonymous"`: in every operation, the same hash for the same person.

use serde_json::Value;

use crate::academy::academy_with;

#[tokio::test]
async fn persons_are_keyed_hashes_in_every_operation() {
    let app = academy_with(&[
        ("HEMERA_IDENTITY__PARTICIPANT_IDENTITY", "pseudonymous"),
        (
            "HEMERA_IDENTITY__PSEUDONYM_KEY",
            "a key of at least 32 characters.",
        ),
    ])
    .await;

    let course = app.service_key().get("/api/service/courses/course_wandel").await;
    let other = app
        .service_key()
        .get("/api/service/courses/course_coaching")
        .await;
    let read = app
        .service_key()
        .get("/api/service/participations/part_anna")
        .await;
    let written = app
        .service_key()
        .write(
            "/api/service/participations/part_anna/result",
            r#"{"resultNotes":null}"#,
        )
        .await;

    let data = read.data();
    let anna = data["userId"].as_str().unwrap();
    assert_eq!(anna.len(), 43, "{anna}");
    assert_eq!(written.data()["userId"], anna);
    assert_eq!(other.data()["participants"][0]["userId"], anna);
    let booked = |list: &str| {
        let data = course.data();
        let bookings = data[list].as_array().unwrap();
        let of_anna = bookings.iter().find(|row| row["bookingId"] == "booking_a");
        of_anna.unwrap()["userId"].clone()
    };
    assert_eq!(booked("participants"), anna);
    assert_eq!(booked("participations"), anna);
    for participant in course.data()["participants"].as_array().unwrap() {
        assert_eq!(
            (&participant["name"], &participant["imageUrl"]),
            (&Value::Null, &Value::Null)
        );
    }
    for answer in [course, other, read, written] {
        let text = answer.text;
        for word in ["user_", "Becker", "img.example"] {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
    app.finish().await;
}
