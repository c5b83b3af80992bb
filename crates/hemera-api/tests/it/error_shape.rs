//! Every code of the contract's table, with its status, headers and body.

use std::collections::BTreeSet;

use clerk_emulator::{Effect, Fault};
use hemera_types::{ErrorCode, Named as _};
use http::Method;
use serde_json::json;

use crate::support::{Answer, Person, TestApp};

const PARTICIPATION: &str = "/api/service/participations/participation_1001";
const RESULT: &str = "/api/service/participations/participation_1001/result";

/// Status, headers in alphabetical order, and the body. The clock and the request id are the test's own, so nothing
/// needs to be blanked.
fn picture(answer: &Answer) -> String {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let body = serde_json::to_string_pretty(&answer.json()).unwrap();
    format!("{}\n{}\n\n{body}", answer.status, headers.join("\n"))
}

struct Seen(BTreeSet<&'static str>);

impl Seen {
    fn check(&mut self, code: ErrorCode, answer: &Answer) {
        answer.assert_error(code.status().as_u16(), code.name());
        insta::assert_snapshot!(format!("error_{}", code.name().to_lowercase()), picture(answer));
        self.0.insert(code.name());
    }
}

#[tokio::test]
async fn each_code_has_its_status_headers_and_envelope() {
    let app = TestApp::start_with(&[("HEMERA_LIMITS__API_CLIENT_BURST", "1")]).await;
    let mut seen = Seen(BTreeSet::new());
    let admin = app.admin().with("x-request-id", "the-request");
    let anonymous = app.anonymous().with("x-request-id", "the-request");

    seen.check(
        ErrorCode::Unauthorized,
        &anonymous.with_token("not.a.token").get(PARTICIPATION).await,
    );
    let user = app.person(Person::User).with("x-request-id", "the-request");
    seen.check(ErrorCode::Forbidden, &user.get(PARTICIPATION).await);
    seen.check(
        ErrorCode::NotFound,
        &admin.get("/api/service/participations/nobody").await,
    );
    let method = admin
        .call(Method::DELETE, PARTICIPATION, String::new().into())
        .await;
    seen.check(ErrorCode::MethodNotAllowed, &method);
    let bounds = "/api/service/courses?limit=0&published=yes&colour=red";
    seen.check(ErrorCode::ValidationError, &admin.get(bounds).await);
    let json = admin.with("content-type", "application/json");
    seen.check(
        ErrorCode::InvalidInput,
        &json.put_raw(RESULT, &b"{\"complete\":true"[..]).await,
    );
    let stale = admin.with("if-match", "\"4711\"");
    seen.check(
        ErrorCode::PreconditionFailed,
        &stale.put(RESULT, &json!({ "resultNotes": "new" })).await,
    );
    seen.check(
        ErrorCode::PayloadTooLarge,
        &json.put_raw(RESULT, vec![b' '; 64 * 1024 + 1]).await,
    );
    let text = admin.with("content-type", "text/plain");
    seen.check(
        ErrorCode::UnsupportedMediaType,
        &text.put_raw(RESULT, "complete").await,
    );
    let service = app.service().with("x-request-id", "the-request");
    service.get(PARTICIPATION).await.assert_status(200);
    seen.check(ErrorCode::RateLimited, &service.get(PARTICIPATION).await);

    let pool = app.database.pool().await;
    sqlx::raw_sql("alter table course_participations rename to elsewhere")
        .execute(&pool)
        .await
        .unwrap();
    seen.check(ErrorCode::InternalError, &admin.get(PARTICIPATION).await);
    pool.close().await;
    app.clerk
        .add_fault(Fault::new("/v1/users/*", Effect::Status(503)));
    let moderator = app.person(Person::Moderator).with("x-request-id", "the-request");
    let unavailable = moderator.get(PARTICIPATION).await;
    unavailable.assert_error(503, "SERVICE_UNAVAILABLE");
    assert!(unavailable.header("retry-after").parse::<u64>().unwrap() >= 1);
    seen.0.insert(ErrorCode::ServiceUnavailable.name());

    let every: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(seen.0, every, "a code of the contract is not shown here");
}

/// The largest body that is allowed is read to its end.
#[tokio::test]
async fn a_body_of_exactly_the_limit_is_read() {
    let app = TestApp::start().await;
    let mut body = br#"{"complete":false}"#.to_vec();
    body.resize(64 * 1024, b' ');
    let admin = app.admin().with("content-type", "application/json");
    admin.put_raw(RESULT, body).await.assert_status(200);
}

/// Where the database cannot be reached, callers are told to come again; nobody is told that the fault is theirs.
#[tokio::test]
async fn a_database_out_of_reach_is_unavailable() {
    let app = TestApp::start_with(&[("HEMERA_DATABASE__ACQUIRE_TIMEOUT", "200ms")]).await;
    app.app.state().pool.close().await;
    let answer = app.service().get("/api/service/courses").await;
    answer.assert_error(503, "SERVICE_UNAVAILABLE");
    assert!(answer.has_header("retry-after"));
}
