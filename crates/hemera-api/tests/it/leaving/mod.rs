//! What leaves the service, and what does not.

mod contract;
mod fields;
mod pseudonyms;

use hemera_types::Operation;
use permissions::Role;

use crate::academy::RESOURCES;
use crate::support::{Answer, TestApp};

/// A successful request of each operation in the small academy.
async fn ask(app: &TestApp, operation: Operation) -> Answer {
    let caller = if operation.spec().admits(Role::ApiClient) {
        app.service_key()
    } else {
        app.admin()
    };
    let answer = caller.ask(operation, RESOURCES).await;
    assert_eq!(answer.status, 200, "{operation}: {answer:#?}");
    answer
}
