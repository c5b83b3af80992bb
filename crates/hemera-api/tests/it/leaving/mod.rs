//! What leaves the service, and what does not.

mod contract;
mod fields;
mod pseudonyms;

use hemera_types::Operation;

use crate::support::{Answer, TestApp};

/// A successful request of each operation in the small academy. A new operation has to say here how it is asked.
async fn ask(app: &TestApp, operation: Operation) -> Answer {
    let answer = match operation {
        Operation::ListCourses => app.service_key().get("/api/service/courses?limit=2").await,
        Operation::GetCourse => app.service_key().get("/api/service/courses/course_wandel").await,
        Operation::GetCourseMaterials => {
            app.service_key()
                .get("/api/service/courses/course_wandel/materials")
                .await
        }
        Operation::GetParticipation => {
            app.service_key()
                .get("/api/service/participations/part_anna")
                .await
        }
        Operation::UpdateParticipationResult => {
            let body = r#"{"resultNotes":"Nachgespräch im Juni."}"#;
            app.service_key()
                .write("/api/service/participations/part_anna/result", body)
                .await
        }
        Operation::GetUsage => app.admin().get("/api/service/usage").await,
    };
    assert_eq!(answer.status, 200, "{operation}: {answer:#?}");
    answer
}
