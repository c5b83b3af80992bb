//! Every operation × every caller, compared with a table that is written by hand.

use hemera_types::{Named as _, Operation};
use permissions::Role::{self, Admin, ApiClient};

use crate::support::{Person, Resources, Sender, TestApp, WITH_MACHINE, machine_token, machine_world};

/// The roles that the contract admits.
fn admitted(operation: Operation) -> &'static [Role] {
    match operation {
        Operation::ListCourses
        | Operation::GetCourse
        | Operation::GetCourseMaterials
        | Operation::GetParticipation
        | Operation::UpdateParticipationResult
        | Operation::UpdateParticipationResults => &[ApiClient, Admin],
        Operation::GetUsage => &[Admin],
    }
}

/// Each kind of caller with its role, `None` for an anonymous one: a user of each role with both classes of tokens, a
/// machine, and a service key.
fn callers(app: &TestApp) -> Vec<(String, Option<Role>, Sender)> {
    let mut callers = vec![("anonymous".to_owned(), None, app.anonymous())];
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
async fn operations_admit_only_their_callers() {
    let app = TestApp::start_on(machine_world(), &WITH_MACHINE).await;
    let callers = callers(&app);
    for role in Role::ALL {
        let has_role = |(_, known, _): &(_, Option<Role>, _)| *known == Some(role);
        assert!(callers.iter().any(has_role), "no caller has the role {role}");
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
    app.finish().await;
}

/// A role that grants the permission is refused where it may not use the service API at all.
#[tokio::test]
async fn permission_without_an_admitted_role_is_refused() {
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
    app.finish().await;
}
