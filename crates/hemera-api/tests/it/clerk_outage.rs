//! Clerk out of reach: what is known goes on for a while, what is not is our fault and not the caller's.

use std::time::Duration;

use clerk_emulator::{Effect, Fault, Forgery};
use tokio::task::JoinSet;

use crate::support::{Answer, CapturedLog, Person, TestApp};

const COURSES: &str = "/api/service/courses?limit=1";

/// Longer than anything here should take; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

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

/// A server that starts with a wrong key has no keys to verify with. Its operator must not look at the network.
#[tokio::test]
async fn a_secret_key_that_is_refused_from_the_start_is_named() {
    let app = TestApp::start_with(&[("CLERK_SECRET_KEY", "sk_live_of_another_instance")]).await;
    let log = CapturedLog::start();
    assert_unavailable(&app.service().get(COURSES).await);
    let line = log.requests().remove(0);
    assert_eq!(line["reason"], "clerk_refuses_our_key");
    let cause = line["cause"].as_str().unwrap();
    assert!(
        cause.contains("set CLERK_SECRET_KEY to one from Clerk's dashboard"),
        "{cause}"
    );
    let database = app.finish().await;
    let reasons = database.rows("select reason from audit_log").await;
    assert_eq!(
        reasons,
        [serde_json::json!({ "reason": "clerk_refuses_our_key" })]
    );
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

/// While Clerk's key set is slow, tokens under unknown keys wait for it: few of them, whatever else comes.
#[tokio::test]
async fn tokens_under_unknown_keys_take_no_place_of_good_callers() {
    // Of eight requests at the same time, two may wait.
    let app = TestApp::start_with(&[("HEMERA_HTTP__CONCURRENCY", "8")]).await;
    app.service().get(COURSES).await.assert_status(200);
    app.advance(Duration::from_secs(37));
    app.clerk.add_fault(Fault::new("/v1/jwks", Effect::Hold));
    let service = Person::Service.email();
    let mut waits = JoinSet::new();
    for number in 0..8 {
        let forgery = Forgery::template(service, "hemera-api").with_header("kid", format!("ins_{number}"));
        let stranger = app.anonymous().with_token(&app.clerk.forge(&forgery).unwrap());
        waits.spawn(async move { stranger.get(COURSES).await });
    }
    for _ in 0..6 {
        let answer = tokio::time::timeout(PATIENCE, waits.join_next());
        let answer = answer.await.expect("more than two wait").unwrap().unwrap();
        answer.assert_error(503, "SERVICE_UNAVAILABLE");
        assert_eq!(answer.header("retry-after"), "1");
    }
    app.service().get(COURSES).await.assert_status(200);

    app.clerk.clear_faults();
    while let Some(answer) = waits.join_next().await {
        answer.unwrap().assert_error(401, "UNAUTHORIZED");
    }
    let database = app.finish().await;
    let reasons = database
        .rows("select reason, sum(occurrences) as requests from audit_log where reason is not null group by 1 order by 1")
        .await;
    let count = |reason: &str, requests: u64| serde_json::json!({ "reason": reason, "requests": requests });
    assert_eq!(
        reasons,
        [count("too_many_wait_for_keys", 6), count("unknown_key", 2)]
    );
}
