//! Clerk out of reach: what is known goes on for a while, what is not is our fault and not the caller's.

use std::time::Duration;

use clerk_emulator::{Effect, Fault};

use crate::support::{Answer, Person, TestApp};

const COURSES: &str = "/api/service/courses?limit=1";

#[track_caller]
fn assert_unavailable(answer: &Answer) {
    answer.assert_error(503, "SERVICE_UNAVAILABLE");
    assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert!(!answer.has_header("www-authenticate"));
}

/// A known role is used for at most six minutes altogether; then callers are told to come again.
#[tokio::test]
async fn a_known_role_outlives_clerk_by_its_grace() {
    let app = TestApp::start().await;
    app.service().get(COURSES).await.assert_status(200);
    app.clerk
        .add_fault(Fault::new("/v1/users/*", Effect::Status(500)));

    app.advance(Duration::from_mins(5));
    app.service().get(COURSES).await.assert_status(200);
    app.advance(Duration::from_secs(59));
    app.service().get(COURSES).await.assert_status(200);
    app.advance(Duration::from_secs(2));
    assert_unavailable(&app.service().get(COURSES).await);

    app.clerk.clear_faults();
    app.advance(Duration::from_secs(30));
    app.service().get(COURSES).await.assert_status(200);
    app.finish().await;
}

#[tokio::test]
async fn an_unknown_role_is_not_guessed() {
    let app = TestApp::start().await;
    app.service().get(COURSES).await.assert_status(200);
    app.clerk.add_fault(Fault::new("/v1/users/*", Effect::Cut));
    assert_unavailable(&app.person(Person::Admin).get(COURSES).await);
    app.finish().await;
}

/// A 401 from Clerk is our configuration's fault. It counts at once, and no old role outlives it.
#[tokio::test]
async fn a_refused_secret_key_is_our_fault() {
    let app = TestApp::start().await;
    app.service().get(COURSES).await.assert_status(200);
    app.clerk
        .add_fault(Fault::new("/v1/users/*", Effect::Status(401)));
    app.advance(Duration::from_secs(61));
    assert_unavailable(&app.service().get(COURSES).await);
    app.finish().await;
}

#[tokio::test]
async fn without_keys_no_token_is_called_bad() {
    let app = TestApp::start().await;
    app.clerk.add_fault(Fault::new("/v1/jwks", Effect::Garbage));
    assert_unavailable(&app.service().get(COURSES).await);
    // Who sends none needs no keys to be refused, and a service key needs no Clerk.
    app.anonymous()
        .get(COURSES)
        .await
        .assert_error(401, "UNAUTHORIZED");
    app.service_key().get(COURSES).await.assert_status(200);
    app.finish().await;
}

#[tokio::test]
async fn known_keys_outlive_clerk_and_a_new_key_is_found() {
    let app = TestApp::start().await;
    app.service().get(COURSES).await.assert_status(200);
    app.clerk.rotate_key(false).unwrap();
    // The window has a jitter of a fifth.
    app.advance(Duration::from_secs(37));
    app.service().get(COURSES).await.assert_status(200);

    app.clerk.add_fault(Fault::new("/v1/jwks", Effect::Status(503)));
    app.advance(Duration::from_mins(30));
    app.service().get(COURSES).await.assert_status(200);
    app.finish().await;
}
