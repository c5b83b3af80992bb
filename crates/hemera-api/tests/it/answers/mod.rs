//! Every answer of every operation as a snapshot: status, headers, body.
//!
//! Which errors an operation can give is stated in `cases`, for all operations × all codes of the contract: a new operation
//! or a new code does not compile before it is stated there. Time stands still, each request has a limiter and a request id
//! of its own, and the database holds what an answer depends on: little has to be blanked.

mod ask;
mod cases;
mod picture;
mod stage;

use std::collections::BTreeSet;

use hemera_types::{ErrorCode, Named as _, Operation};
use http::Method;
use serde_json::Value;

use self::ask::Ask;
use self::cases::{faults, gives};
use self::picture::{picture, show, show_as};
use self::stage::{ORIGIN, Stage};

/// A test for each operation, and the list of those that have one.
macro_rules! pictured {
    ($($test:ident: $operation:ident,)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                picture_all(Operation::$operation).await;
            }
        )*

        const PICTURED: &[Operation] = &[$(Operation::$operation,)*];
    };
}

pictured! {
    courses_list: ListCourses,
    courses_get: GetCourse,
    courses_materials: GetCourseMaterials,
    participations_get: GetParticipation,
    participations_update_result: UpdateParticipationResult,
    participations_update_results: UpdateParticipationResults,
    usage_get: GetUsage,
}

#[test]
fn every_operation_has_snapshots() {
    assert_eq!(PICTURED, Operation::ALL);
}

/// The OpenAPI document lists the statuses of the snapshots, no fewer and no more.
#[test]
fn document_names_the_statuses_of_the_snapshots() {
    let document: Value = serde_json::from_str(include_str!("../../../../../docs/openapi.json")).unwrap();
    for &operation in Operation::ALL {
        let spec = operation.spec();
        let method = spec.method.as_str().to_lowercase();
        let responses = &document["paths"][spec.path][method]["responses"];
        let named: BTreeSet<u16> = responses
            .as_object()
            .unwrap()
            .keys()
            .map(|status| status.parse().unwrap())
            .collect();
        let mut shown = BTreeSet::from([200]);
        if spec.method == Method::GET {
            shown.insert(304);
        }
        let given = ErrorCode::ALL.iter().filter(|&&code| gives(operation, code));
        shown.extend(given.map(|code| code.status().as_u16()));
        assert_eq!(named, shown, "{operation:?}");
    }
}

/// Public routes, and a path without a route.
#[tokio::test]
async fn routes_outside_the_operations_have_snapshots() {
    let stage = Stage::of(Operation::ListCourses).await;
    for (name, path, status) in [
        ("live", "/livez", 200),
        ("ready", "/readyz", 200),
        ("no_route", "/api/service/nothing", 404),
    ] {
        let ask = Ask::good(Operation::ListCourses).at(path);
        let answer = ask.send(&stage.beside(&[]).await).await;
        show_as(name, &picture(answer.assert_status(status)));
    }
}

async fn picture_all(operation: Operation) {
    picture_successes(operation).await;
    let stage = Stage::of(operation).await;
    for &code in ErrorCode::ALL.iter().filter(|&&code| gives(operation, code)) {
        if code == ErrorCode::ValidationError {
            picture_faults(&stage).await;
        } else {
            let answer = stage.provoke(code).await;
            answer.assert_error(code.status().as_u16(), code.name());
            show(operation, &code.name().to_lowercase(), &picture(&answer));
        }
    }
    let bare = Ask::good(operation).send(&stage.beside(&[]).await).await;
    bare.assert_error(401, "UNAUTHORIZED");
    show(operation, "unauthorized_without_a_credential", &picture(&bare));
    let preflight = Ask::good(operation)
        .by(Method::OPTIONS)
        .with("origin", ORIGIN)
        .with("access-control-request-method", operation.spec().method.as_str());
    let answer = preflight.send(&stage.beside(&[]).await).await;
    show(operation, "preflight", &picture(answer.assert_status(204)));
}

/// Each on an unused database, since the answers are recorded in it.
async fn picture_successes(operation: Operation) {
    let ask = Ask::good(operation);
    let answer = Stage::of(operation).await.ask(&ask).await;
    show(operation, "success", &picture(answer.assert_status(200)));
    if operation.spec().method == Method::GET {
        let head = Stage::of(operation)
            .await
            .ask(&ask.clone().by(Method::HEAD))
            .await;
        show(operation, "head", &picture(head.assert_status(200)));
        let known = ask.with("if-none-match", answer.header("etag"));
        let again = Stage::of(operation).await.ask(&known).await;
        show(operation, "not_modified", &picture(again.assert_status(304)));
    }
}

/// Parts outside their limits: one snapshot for each part of a request.
async fn picture_faults(stage: &Stage) {
    for (part, ask) in faults(stage.operation) {
        let answer = stage.ask(&ask).await;
        answer.assert_error(400, "VALIDATION_ERROR");
        show(
            stage.operation,
            &format!("validation_error_{part}"),
            &picture(&answer),
        );
    }
}
