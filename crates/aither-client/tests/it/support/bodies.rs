//! Bodies as Hemera sends them.

use serde_json::{Value, json};

fn meta() -> Value {
    json!({ "requestId": "server-1", "timestamp": "2026-03-15T12:00:00.000Z", "version": "1.0" })
}

/// A success around `data`.
pub(crate) fn envelope(data: &Value) -> Value {
    json!({ "success": true, "data": data, "meta": meta() })
}

/// An error.
pub(crate) fn failure(code: &str, message: &str) -> Value {
    json!({ "success": false, "error": { "code": code, "message": message }, "meta": meta() })
}

/// A list of one course.
pub(crate) fn course_page() -> Value {
    let mut page = envelope(&json!([{
        "id": "course_1", "title": "Führung im Wandel", "slug": "fuehrung-im-wandel", "level": "ADVANCED",
        "startDate": "2026-04-01T08:00:00.000Z", "endDate": null, "participantCount": 7,
        "updatedAt": "2026-03-14T09:30:00.000Z",
    }]));
    page["pagination"] = json!({ "total": 3, "limit": 1, "offset": 0 });
    page
}

/// A course without participants.
pub(crate) fn course() -> Value {
    envelope(&json!({
        "id": "course_1", "title": "Führung im Wandel", "slug": "fuehrung-im-wandel", "level": "ADVANCED",
        "startDate": null, "endDate": null, "updatedAt": "2026-03-14T09:30:00.000Z",
        "participants": [], "participations": [],
    }))
}

/// A participation with a result.
pub(crate) fn participation() -> Value {
    envelope(&json!({
        "id": "part_1", "userId": "user_1", "courseId": "course_1", "bookingId": "booking_1",
        "status": "COMPLETE", "preparationIntent": null, "desiredResults": null,
        "resultOutcome": "Presents freely", "resultNotes": null,
        "resultCompletedAt": "2026-03-15T12:00:00.000Z",
        "createdAt": "2026-03-01T12:00:00.000Z", "updatedAt": "2026-03-15T12:00:00.000Z",
    }))
}
