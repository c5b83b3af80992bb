//! A request of each operation that succeeds. A new operation does not compile before it has one.

use axum::body::Body;
use hemera_types::Operation;

use super::{Answer, Sender};

/// Resources that the data of a test has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resources {
    pub(crate) course: &'static str,
    pub(crate) participation: &'static str,
}

impl Resources {
    /// Those of the demo data.
    pub(crate) const DEMO: Self = Self {
        course: "course_fuehrung_im_wandel",
        participation: "participation_1001",
    };

    /// The path and query of a request.
    pub(crate) fn path(self, operation: Operation) -> String {
        match operation {
            Operation::ListCourses => format!("{}?limit=2", operation.path(None)),
            Operation::GetCourse | Operation::GetCourseMaterials => operation.path(Some(self.course)),
            Operation::GetParticipation | Operation::UpdateParticipationResult => {
                operation.path(Some(self.participation))
            }
            Operation::UpdateParticipationResults | Operation::GetUsage => operation.path(None),
        }
    }
}

/// The body of a request; empty where the operation has none.
pub(crate) fn body_of(operation: Operation) -> &'static str {
    match operation {
        Operation::UpdateParticipationResult => r#"{"resultOutcome":"Neu.","complete":true}"#,
        // One is in the small academy, the other in the demo data.
        Operation::UpdateParticipationResults => {
            r#"{"updates":[
                {"participationId":"part_anna","resultOutcome":"Neu.","complete":true},
                {"participationId":"participation_1001","resultOutcome":"Neu.","complete":true}
            ]}"#
        }
        Operation::ListCourses
        | Operation::GetCourse
        | Operation::GetCourseMaterials
        | Operation::GetParticipation
        | Operation::GetUsage => "",
    }
}

impl Sender {
    /// Asks for an operation on these resources.
    pub(crate) async fn ask(&self, operation: Operation, resources: Resources) -> Answer {
        self.ask_at(operation, &resources.path(operation)).await
    }

    /// The same at another path.
    pub(crate) async fn ask_at(&self, operation: Operation, path: &str) -> Answer {
        let spec = operation.spec();
        let sender = if spec.has_body() {
            self.with("content-type", "application/json")
        } else {
            self.clone()
        };
        let body = Body::from(body_of(operation));
        sender.call(spec.method.clone(), path, body).await
    }
}
