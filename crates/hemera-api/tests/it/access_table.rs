//! Every operation × every caller, held against the contract's table by hand.

use hemera_types::{Named as _, Operation};
use permissions::Role::{self, Admin, ApiClient};

use crate::support::{Answer, Person, Sender, TestApp};

/// Who may do what, as the contract says it.
fn admitted(operation: Operation) -> &'static [Role] {
    match operation {
        Operation::ListCourses
        | Operation::GetCourse
        | Operation::GetCourseMaterials
        | Operation::GetParticipation
        | Operation::UpdateParticipationResult => &[ApiClient, Admin],
        Operation::GetUsage => &[Admin],
    }
}

async fn ask(sender: &Sender, operation: Operation) -> Answer {
    match operation {
        Operation::ListCourses => sender.get("/api/service/courses").await,
        Operation::GetCourse => sender.get("/api/service/courses/course_fuehrung_im_wandel").await,
        Operation::GetCourseMaterials => {
            sender
                .get("/api/service/courses/course_fuehrung_im_wandel/materials")
                .await
        }
        Operation::GetParticipation => sender.get("/api/service/participations/participation_1001").await,
        Operation::UpdateParticipationResult => {
            let body = serde_json::json!({ "complete": false });
            sender
                .put("/api/service/participations/participation_1001/result", &body)
                .await
        }
        Operation::GetUsage => sender.get("/api/service/usage").await,
    }
}

#[tokio::test]
async fn each_operation_is_open_to_its_callers_alone() {
    let app = TestApp::start().await;
    for &operation in Operation::ALL {
        let anonymous = ask(&app.anonymous(), operation).await;
        anonymous.assert_error(401, "UNAUTHORIZED");
        for person in Person::ALL {
            let session = app.session_token(person);
            let senders = [app.person(person), app.anonymous().with_token(&session)];
            for sender in senders {
                assert_access(&ask(&sender, operation).await, operation, person.role());
            }
        }
        assert_access(&ask(&app.service_key(), operation).await, operation, ApiClient);
    }
}

#[track_caller]
fn assert_access(answer: &Answer, operation: Operation, role: Role) {
    if admitted(operation).contains(&role) {
        assert_eq!(answer.status, 200, "{operation:?} by {role}: {answer:#?}");
    } else {
        answer.assert_error(403, "FORBIDDEN");
    }
}

/// A role that has the permission is still not let in when the role may not use the service API at all.
#[tokio::test]
async fn a_permission_alone_opens_nothing() {
    let app = TestApp::start().await;
    assert!(Role::User.grants().contains_all(Operation::ListCourses.needs()));
    app.person(Person::User)
        .get("/api/service/courses")
        .await
        .assert_error(403, "FORBIDDEN");
}
