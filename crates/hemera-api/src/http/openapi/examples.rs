//! What bodies look like. A test holds each against its wire type and its schema.

use hemera_types::{ErrorCode, FieldErrors, Named as _, Operation, UPDATED_MESSAGE, VERSION};
use serde_json::{Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::example::Example;

fn meta() -> Value {
    json!({ "requestId": "4f0c1d9e-7a4f-4c8d-9b6a-1e0c9f8d7b5b", "timestamp": "2026-03-15T09:30:00.000Z", "version": VERSION })
}

/// A success of an operation.
pub(super) fn success(operation: Operation) -> Value {
    let mut envelope = json!({ "success": true, "data": data(operation), "meta": meta() });
    if operation == Operation::ListCourses {
        envelope["pagination"] = json!({ "total": 42, "limit": 2, "offset": 40 });
    }
    if operation == Operation::UpdateParticipationResult {
        envelope["message"] = json!(UPDATED_MESSAGE);
    }
    envelope
}

/// A refusal with the code's own message.
pub(super) fn failure(code: ErrorCode, faults: Option<&FieldErrors>) -> Value {
    let mut error = json!({ "code": code.name(), "message": code.default_message() });
    if let Some(faults) = faults {
        error["details"] = json!(faults);
    }
    json!({ "success": false, "error": error, "meta": meta() })
}

/// Bodies of a result update, each with what it does.
pub(super) fn updates() -> impl Iterator<Item = (&'static str, RefOr<Example>)> {
    let bodies = [
        (
            "complete",
            "Write the outcome and complete the participation",
            json!({ "resultOutcome": "Presents freely, and keeps to the time.", "complete": true }),
        ),
        (
            "notes",
            "Write notes, and leave everything else as it is",
            json!({ "resultNotes": "Wants to practise the opening once more." }),
        ),
        (
            "clear",
            "Clear the outcome and the notes",
            json!({ "resultOutcome": null, "resultNotes": null }),
        ),
    ];
    bodies.into_iter().map(|(name, summary, body)| {
        let example = Example::builder().summary(summary).value(Some(body)).build();
        (name, RefOr::T(example))
    })
}

fn data(operation: Operation) -> Value {
    match operation {
        Operation::ListCourses => courses(),
        Operation::GetCourse => course(),
        Operation::GetCourseMaterials => materials(),
        Operation::GetParticipation => participation("RESULT", None),
        Operation::UpdateParticipationResult => participation("COMPLETE", Some("2026-03-15T09:30:00.000Z")),
        Operation::GetUsage => usage(),
    }
}

fn courses() -> Value {
    json!([
        {
            "id": "course_rhetorik", "title": "Rhetorik: frei sprechen", "slug": "rhetorik-frei-sprechen",
            "level": "BEGINNER", "startDate": "2026-04-13T07:00:00.000Z", "endDate": "2026-04-15T15:00:00.000Z",
            "participantCount": 12, "updatedAt": "2026-03-14T18:02:11.004Z"
        },
        {
            "id": "course_fuehrung", "title": "Führung in Veränderung", "slug": "fuehrung-in-veraenderung",
            "level": "ADVANCED", "startDate": null, "endDate": null, "participantCount": 0,
            "updatedAt": "2026-02-01T00:00:00.000Z"
        }
    ])
}

fn course() -> Value {
    json!({
        "id": "course_rhetorik", "title": "Rhetorik: frei sprechen", "slug": "rhetorik-frei-sprechen",
        "level": "BEGINNER", "startDate": "2026-04-13T07:00:00.000Z", "endDate": null,
        "updatedAt": "2026-03-14T18:02:11.004Z",
        "participants": [
            {
                "bookingId": "booking_1", "participationId": "participation_1", "userId": "user_1",
                "name": "Käthe Brandt", "imageUrl": "https://img.example.com/1.png", "status": "PREPARATION",
                "preparationIntent": "Eine Rede halten", "desiredResults": "Ohne Zettel",
                "lineManagerProfile": "Fördert", "preparationCompletedAt": "2026-03-01T12:00:00.000Z"
            },
            {
                "bookingId": "booking_2", "participationId": null, "userId": "user_2", "name": null,
                "imageUrl": null, "status": "NONE", "preparationIntent": null, "desiredResults": null,
                "lineManagerProfile": null, "preparationCompletedAt": null
            }
        ],
        "participations": [
            {
                "id": "participation_1", "bookingId": "booking_1", "userId": "user_1", "status": "PREPARATION",
                "createdAt": "2026-02-01T08:00:00.000Z"
            },
            {
                "id": null, "bookingId": "booking_2", "userId": "user_2", "status": null,
                "createdAt": "2026-02-02T08:00:00.000Z"
            }
        ]
    })
}

fn materials() -> Value {
    json!({
        "courseId": "course_rhetorik",
        "topics": [
            {
                "topicId": "topic_1", "topicTitle": "Stimme und Stand",
                "materials": [
                    {
                        "materialId": "material_1", "identifier": "stimme-01", "title": "Atmung", "sortOrder": 1,
                        "htmlContent": "<h1>Atmung</h1>"
                    },
                    {
                        "materialId": "material_2", "identifier": "stimme-02", "title": "Stand", "sortOrder": 2,
                        "htmlContent": null
                    }
                ]
            },
            { "topicId": "topic_2", "topicTitle": "Aufbau einer Rede", "materials": [] }
        ]
    })
}

fn participation(status: &str, completed_at: Option<&str>) -> Value {
    json!({
        "id": "participation_1", "userId": "user_1", "courseId": "course_rhetorik", "bookingId": "booking_1",
        "status": status, "preparationIntent": "Eine Rede halten", "desiredResults": "Ohne Zettel",
        "resultOutcome": "Presents freely, and keeps to the time.", "resultNotes": null,
        "resultCompletedAt": completed_at, "createdAt": "2026-02-01T08:00:00.000Z",
        "updatedAt": completed_at.unwrap_or("2026-03-14T18:02:11.004Z")
    })
}

fn usage() -> Value {
    json!({
        "days": 7,
        "rows": [
            { "day": "2026-03-15", "subject": "user_aither", "operation": "courses.list", "statusClass": "2xx", "requests": 96 },
            { "day": "2026-03-15", "subject": null, "operation": null, "statusClass": "4xx", "requests": 3 }
        ]
    })
}
