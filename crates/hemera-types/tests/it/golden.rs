//! Golden bodies: what is read is written again, letter by letter of the JSON.

use hemera_types::{
    CourseDetail, CourseMaterials, CourseSummary, ErrorCode, Failure, FieldErrors, Named, Open,
    Participation, ParticipationStatus, Success, Usage,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[track_caller]
fn round_trip<T: DeserializeOwned + Serialize>(golden: &str) -> T {
    let expected: Value = serde_json::from_str(golden).unwrap();
    let body: T = serde_json::from_str(golden).unwrap();
    assert_eq!(serde_json::to_value(&body).unwrap(), expected);
    body
}

#[test]
fn a_list_of_courses() {
    let body: Success<Vec<CourseSummary>> = round_trip(include_str!("../golden/course_list.json"));
    assert_eq!(body.pagination.unwrap().total, 42);
    assert_eq!(body.data[1].start_date, None);
}

#[test]
fn a_course() {
    let body: Success<CourseDetail> = round_trip(include_str!("../golden/course_detail.json"));
    assert_eq!(body.data.participants.len(), body.data.participations.len());
}

#[test]
fn materials() {
    let body: Success<CourseMaterials> = round_trip(include_str!("../golden/course_materials.json"));
    assert_eq!(body.data.topics[0].materials[1].html_content, None);
}

#[test]
fn a_participation_with_a_message() {
    let body: Success<Participation> = round_trip(include_str!("../golden/participation.json"));
    assert_eq!(body.message.as_deref(), Some(hemera_types::UPDATED_MESSAGE));
    assert_eq!(body.data.status, ParticipationStatus::Complete);
    assert_eq!(body.data.result_notes.as_deref(), Some(""), "empty is not null");
}

#[test]
fn usage() {
    let body: Success<Usage> = round_trip(include_str!("../golden/usage.json"));
    assert_eq!(body.data.rows[1].subject, None);
}

#[test]
fn an_error_with_fields() {
    let body: Failure = round_trip(include_str!("../golden/failure_fields.json"));
    let details: FieldErrors = serde_json::from_value(body.error.details.unwrap()).unwrap();
    assert_eq!(details.fields[0].field, "resultNotes");
    assert_eq!(body.error.code, ErrorCode::ValidationError);
}

#[test]
fn an_error_without_details_has_no_such_member() {
    round_trip::<Failure>(include_str!("../golden/failure_plain.json"));
}

#[test]
fn a_code_of_a_newer_server_is_kept_as_text() {
    let body: Failure = round_trip(include_str!("../golden/failure_newer_server.json"));
    assert_eq!(body.error.code, Open::Unknown("QUOTA_EXHAUSTED".to_owned()));
}

#[test]
fn a_success_is_not_read_as_an_error_nor_the_reverse() {
    let success = include_str!("../golden/participation.json");
    let failure = include_str!("../golden/failure_plain.json");
    let with_data = failure.replacen("\"error\"", "\"data\": null, \"error\"", 1);
    assert!(serde_json::from_str::<Failure>(success).is_err());
    assert!(serde_json::from_str::<Success<Value>>(&with_data).is_err());
}

#[test]
fn a_client_reads_what_a_newer_server_adds() {
    let mut body: Value = serde_json::from_str(include_str!("../golden/course_list.json")).unwrap();
    body["hints"] = Value::from("new");
    body["data"][0]["room"] = Value::from("Aula");
    body["data"][0]["level"] = Value::from("EXPERT");
    body["pagination"]["next"] = Value::from("…");
    let read: Success<Vec<CourseSummary>> = serde_json::from_value(body).unwrap();
    assert_eq!(read.data[0].level.known(), None);
    assert_eq!(read.data[0].level.name(), "EXPERT");
}

#[test]
fn every_code_has_a_status_of_its_class_and_a_message_that_says_what_to_do() {
    for code in ErrorCode::ALL {
        assert!(
            code.status().is_client_error() || code.status().is_server_error(),
            "{code}"
        );
        assert!(
            code.default_message().contains(": "),
            "{code} names a remedy after its colon"
        );
    }
}
