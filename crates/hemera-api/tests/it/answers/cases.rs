//! The errors that an operation can give.

use hemera_types::{Condition, ErrorCode, Operation};

use super::ask::Ask;

/// Whether an operation can give a code.
pub(super) fn gives(operation: Operation, code: ErrorCode) -> bool {
    match code {
        ErrorCode::Unauthorized
        | ErrorCode::Forbidden
        | ErrorCode::MethodNotAllowed
        | ErrorCode::RateLimited
        | ErrorCode::InternalError
        | ErrorCode::ServiceUnavailable => true,
        ErrorCode::ValidationError => !faults(operation).is_empty(),
        ErrorCode::NotFound => operation.spec().has_id(),
        ErrorCode::PreconditionFailed => operation.spec().condition == Some(Condition::IfMatch),
        ErrorCode::InvalidInput | ErrorCode::PayloadTooLarge | ErrorCode::UnsupportedMediaType => {
            operation.spec().has_body()
        }
    }
}

/// Requests with a part outside its limits, by the name of the part.
pub(super) fn faults(operation: Operation) -> Vec<(&'static str, Ask)> {
    let good = || Ask::good(operation);
    let id = || ("id", good().at(operation.path(Some("not%20an%20id"))));
    match operation {
        Operation::ListCourses => {
            let query = "limit=0&published=yes&startsFrom=today&level=EXPERT&colour=red";
            vec![("query", good().at(format!("{}?{query}", operation.path(None))))]
        }
        Operation::GetCourse | Operation::GetCourseMaterials | Operation::GetParticipation => vec![id()],
        Operation::UpdateParticipationResult => {
            let body = r#"{"resultOutcome":7,"resultNotes":"\u0000","complete":null,"status":"COMPLETE"}"#;
            vec![
                id(),
                ("if_match", good().with("if-match", "4711")),
                ("fields", good().saying(body)),
                ("no_fields", good().saying("{}")),
                ("no_object", good().saying("[]")),
            ]
        }
        Operation::UpdateParticipationResults => {
            let body = r#"{"updates":[
                {"participationId":"not an id","ifMatch":"4711","resultOutcome":7,"resultNotes":"\u0000","complete":null},
                {"participationId":"part_anna","complete":true,"complete":true,"status":"COMPLETE"},
                {"participationId":"part_anna"},
                {"complete":true},
                []
            ],"dryRun":true}"#;
            vec![
                ("updates", good().saying(body)),
                ("no_updates", good().saying(r#"{"updates":[]}"#)),
                ("no_list", good().saying(r#"{"updates":{}}"#)),
                ("no_fields", good().saying("{}")),
                ("no_object", good().saying("[]")),
            ]
        }
        Operation::GetUsage => {
            vec![("query", good().at(format!("{}?days=91", operation.path(None))))]
        }
    }
}
