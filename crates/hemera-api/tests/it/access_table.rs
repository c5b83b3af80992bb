//! Every operation × every caller, held against the contract's table by hand.

use hemera_types::{Named as _, Operation};
use permissions::Role::{self, Admin, ApiClient};

use crate::support::{Person, Resources, Sender, TestApp, WITH_MACHINE, machine_token, machine_world};

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

/// Each kind of caller, with the role that it has: `None` for nobody. Users with both classes of their tokens, one user
/// of each role; what comes without a user.
fn callers(app: &TestApp) -> Vec<(String, Option<Role>, Sender)> {
    let mut callers = vec![("nobody".to_owned(), None, app.anonymous())];
    for person in Person::ALL {
        let role = person.role();
        let session = app.anonymous().with_token(&app.session_token(person));
        callers.push((
            format!("{role} by template token"),
            Some(role),
            app.person(person),
        ));
        callers.push((format!("{role} by session token"), Some(role), session));
    }
    let machine = app
        .anonymous()
        .with_token(&app.clerk.forge(&machine_token()).unwrap());
    callers.push(("machine".to_owned(), Some(ApiClient), machine));
    callers.push(("service key".to_owned(), Some(ApiClient), app.service_key()));
    callers
}

#[tokio::test]
async fn each_operation_is_open_to_its_callers_alone() {
    let app = TestApp::start_on(machine_world(), &WITH_MACHINE).await;
    let callers = callers(&app);
    for role in Role::ALL {
        let has_role = |(_, known, _): &(_, Option<Role>, _)| *known == Some(role);
        assert!(callers.iter().any(has_role), "nobody here is {role}");
    }
    for &operation in Operation::ALL {
        for (name, role, sender) in &callers {
            let answer = sender.ask(operation, Resources::DEMO).await;
            let expected = match role {
                None => 401,
                Some(role) if admitted(operation).contains(role) => 200,
                Some(_) => 403,
            };
            assert_eq!(answer.status, expected, "{operation:?} by {name}: {answer:#?}");
            match expected {
                401 => drop(answer.assert_error(401, "UNAUTHORIZED")),
                403 => drop(answer.assert_error(403, "FORBIDDEN")),
                _ => {}
            }
        }
    }
}

/// A role that has the permission is still not let in when the role may not use the service API at all.
#[tokio::test]
async fn a_permission_alone_opens_nothing() {
    let app = TestApp::start().await;
    assert!(
        Role::User
            .grants()
            .contains_all(Operation::ListCourses.spec().permissions)
    );
    app.person(Person::User)
        .get("/api/service/courses")
        .await
        .assert_error(403, "FORBIDDEN");
}
