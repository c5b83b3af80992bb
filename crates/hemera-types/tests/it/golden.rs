//! Golden files: a body that was read is written again as the same JSON. Those of operations are also the examples of the
//! OpenAPI document.

use hemera_types::{
    CourseDetail, CourseMaterials, CourseSummary, ErrorCode, Failure, FieldErrors, ItemResults, Named, Open,
    Operation, Participation, ParticipationStatus, ResultVerdict, Success, Usage,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

macro_rules! golden {
    ($name:literal) => {
        include_str!(concat!("../../golden/", $name, ".json"))
    };
}

#[track_caller]
fn round_trip<T: DeserializeOwned + Serialize>(golden: &str) -> T {
    let expected: Value = serde_json::from_str(golden).unwrap();
    let body: T = serde_json::from_str(golden).unwrap();
    assert_eq!(serde_json::to_value(&body).unwrap(), expected);
    body
}

/// A new operation does not compile here before it has a golden file.
fn operation_round_trips(operation: Operation) {
    match operation {
        Operation::ListCourses => {
            let body: Success<Vec<CourseSummary>> = round_trip(golden!("courses.list"));
            assert_eq!(body.pagination.unwrap().total, 42);
            assert_eq!(body.data[1].start_date, None);
        }
        Operation::GetCourse => {
            let body: Success<CourseDetail> = round_trip(golden!("courses.get"));
            assert_eq!(body.data.participants.len(), body.data.participations.len());
        }
        Operation::GetCourseMaterials => {
            let body: Success<CourseMaterials> = round_trip(golden!("courses.materials"));
            assert_eq!(body.data.topics[0].materials[1].html_content, None);
        }
        Operation::GetParticipation => {
            let body: Success<Participation> = round_trip(golden!("participations.get"));
            assert_eq!(body.message, None);
            assert_eq!(body.data.result_completed_at, None);
        }
        Operation::UpdateParticipationResult => {
            let body: Success<Participation> = round_trip(golden!("participations.update_result"));
            assert_eq!(body.message.as_deref(), Some(hemera_types::UPDATED_MESSAGE));
            assert_eq!(body.data.status, ParticipationStatus::Complete);
        }
        Operation::UpdateParticipationResults => {
            let body: Success<ItemResults> = round_trip(golden!("participations.update_results"));
            assert_eq!(body.message.as_deref(), Some(hemera_types::VERDICTS_MESSAGE));
            assert_eq!(body.data.results[1].verdict, ResultVerdict::PreconditionFailed);
            assert_eq!(body.data.results[2].etag, None);
        }
        Operation::GetUsage => {
            let body: Success<Usage> = round_trip(golden!("usage.get"));
            assert_eq!(body.data.rows[1].subject, None);
        }
    }
}

#[test]
fn answer_of_every_operation_round_trips() {
    for &operation in Operation::ALL {
        operation_round_trips(operation);
    }
}

#[test]
fn empty_text_stays_apart_from_null() {
    let golden = golden!("participations.update_result");
    let emptied = golden.replacen("\"resultNotes\": null", "\"resultNotes\": \"\"", 1);
    assert_ne!(golden, emptied);
    let body: Success<Participation> = round_trip(&emptied);
    assert_eq!(body.data.result_notes.as_deref(), Some(""));
}

#[test]
fn failure_with_fields_round_trips() {
    let body: Failure = round_trip(golden!("failure_fields"));
    let details: FieldErrors = serde_json::from_value(body.error.details.unwrap()).unwrap();
    assert_eq!(details.fields[0].field, "resultNotes");
    assert_eq!(body.error.code, ErrorCode::ValidationError);
}

#[test]
fn failure_without_details_has_no_such_member() {
    round_trip::<Failure>(golden!("failure_plain"));
}

#[test]
fn unknown_error_code_is_kept_as_text() {
    let body: Failure = round_trip(golden!("failure_newer_server"));
    assert_eq!(body.error.code, Open::Unknown("QUOTA_EXHAUSTED".to_owned()));
}

#[test]
fn success_is_not_read_as_failure_nor_the_reverse() {
    let success = golden!("participations.get");
    let failure = golden!("failure_plain");
    let with_data = failure.replacen("\"error\"", "\"data\": null, \"error\"", 1);
    assert!(serde_json::from_str::<Failure>(success).is_err());
    assert!(serde_json::from_str::<Success<Value>>(&with_data).is_err());
}

#[test]
fn client_ignores_fields_and_keeps_names_of_a_newer_server() {
    let mut body: Value = serde_json::from_str(golden!("courses.list")).unwrap();
    body["hints"] = Value::from("new");
    body["data"][0]["room"] = Value::from("Aula");
    body["data"][0]["level"] = Value::from("EXPERT");
    body["pagination"]["next"] = Value::from("…");
    let read: Success<Vec<CourseSummary>> = serde_json::from_value(body).unwrap();
    assert_eq!(read.data[0].level.known(), None);
    assert_eq!(read.data[0].level.name(), "EXPERT");
}

#[test]
fn every_error_code_has_an_error_status_and_a_remedy() {
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
