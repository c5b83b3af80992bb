//! Who tells a caller's role, and how late a change of it counts.

use std::time::Duration;

use clerk_emulator::{Effect, Fault, Forgery};
use serde_json::json;

use crate::support::{CapturedLog, Person, Sender, TestApp};

const COURSES: &str = "/api/service/courses?limit=1";
const CLAIM: (&str, &str) = ("HEMERA_ROLES__SOURCE", "claim");

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Sends a token that stays good for the hour that a test may last.
fn long_lived(app: &TestApp) -> Sender {
    let now = app
        .clerk
        .now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let forgery = Forgery::template(Person::Service.email(), "hemera-api").with_claim("exp", now + 3600);
    app.anonymous().with_token(&app.clerk.forge(&forgery).unwrap())
}

/// The bound of a ban: the last request that is let in comes within 60 s of it, to the second.
#[tokio::test]
async fn a_ban_counts_within_a_minute() {
    let app = TestApp::start().await;
    let service = long_lived(&app);
    service.get(COURSES).await.assert_status(200);
    app.clerk.set_banned(Person::Service.email(), true).unwrap();
    app.advance(seconds(59));
    service.get(COURSES).await.assert_status(200);
    app.advance(seconds(1));
    service.get(COURSES).await.assert_error(401, "UNAUTHORIZED");

    app.clerk.set_banned(Person::Service.email(), false).unwrap();
    app.advance(seconds(60));
    service.get(COURSES).await.assert_status(200);
    app.finish().await;
}

/// The bound of a ban while Clerk is down: six minutes from the last look-up, to the second.
#[tokio::test]
async fn while_clerk_is_down_a_ban_counts_within_six_minutes() {
    let app = TestApp::start().await;
    let service = long_lived(&app);
    service.get(COURSES).await.assert_status(200);
    app.clerk.set_banned(Person::Service.email(), true).unwrap();
    app.clerk
        .add_fault(Fault::new("/v1/users/*", Effect::Status(502)));
    app.advance(seconds(359));
    service.get(COURSES).await.assert_status(200);
    app.advance(seconds(1));
    let refused = service.get(COURSES).await;
    refused.assert_error(503, "SERVICE_UNAVAILABLE");

    // As soon as Clerk answers, its answer counts.
    app.clerk.clear_faults();
    app.advance(seconds(60));
    service.get(COURSES).await.assert_error(401, "UNAUTHORIZED");
    app.finish().await;
}

/// A look-up that takes long is no reason to believe its answer for longer: its age counts from before it was sent.
#[tokio::test]
async fn a_role_is_as_old_as_the_question() {
    let app = TestApp::start_with(&[("HEMERA_CLERK__TIMEOUT", "20s")]).await;
    let service = long_lived(&app);
    app.clerk
        .add_fault(Fault::new("/v1/users/*", Effect::Hold).times(1));
    let asked = tokio::spawn(async move {
        service.get(COURSES).await.assert_status(200);
        service
    });
    while app.clerk.journal("GET", "/v1/users/*").is_empty() {
        tokio::task::yield_now().await;
    }
    app.clock.advance(seconds(50));
    app.clerk.clear_faults();
    let service = asked.await.unwrap();
    app.clerk
        .merge_public_metadata(Person::Service.email(), role("user"))
        .unwrap();
    app.clock.advance(seconds(10));
    service.get(COURSES).await.assert_error(403, "FORBIDDEN");
    app.finish().await;
}

fn role(role: &str) -> serde_json::Map<String, serde_json::Value> {
    [("role".to_owned(), role.into())].into_iter().collect()
}

#[tokio::test]
async fn locks_count_where_they_are_configured_to() {
    let app = TestApp::start_with(&[("HEMERA_ROLES__REFUSE_LOCKED", "true")]).await;
    let service = long_lived(&app);
    service.get(COURSES).await.assert_status(200);
    app.clerk.set_locked(Person::Service.email(), true).unwrap();
    app.advance(seconds(60));
    service.get(COURSES).await.assert_error(401, "UNAUTHORIZED");
    let database = app.finish().await;
    let reasons = database
        .rows("select reason from audit_log where status = 401")
        .await;
    assert_eq!(reasons, [json!({ "reason": "locked_user" })]);
}

/// Roles in the wrong place are no roles.
#[tokio::test]
async fn only_public_metadata_makes_a_role() {
    let app = TestApp::start().await;
    let service = Person::Service.email();
    for (number, metadata) in [
        json!({ "role": null }),
        json!({ "role": "user" }),
        json!({ "role": "superadmin" }),
        json!({ "role": ["admin"] }),
        json!({ "role": { "admin": true } }),
        json!({ "role": null, "Role": "admin", "roles": ["admin"], "nested": { "role": "admin" } }),
    ]
    .into_iter()
    .enumerate()
    {
        let metadata = metadata.as_object().unwrap().clone();
        app.clerk.merge_public_metadata(service, metadata).unwrap();
        app.advance(seconds(61));
        let answer = app.service().get(COURSES).await;
        assert_eq!(answer.status, 403, "{number}: {answer:#?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_claimed_role_counts_where_it_is_configured_to_and_nobody_is_asked() {
    let app = TestApp::start_with(&[CLAIM]).await;
    app.service().get(COURSES).await.assert_status(200);
    app.admin().get("/api/service/usage").await.assert_status(200);
    app.person(Person::User)
        .get(COURSES)
        .await
        .assert_error(403, "FORBIDDEN");
    for (claim, value) in [
        ("role", json!(null)),
        ("role", json!("superadmin")),
        ("role", json!(["admin"])),
        ("role", json!({ "admin": true })),
    ] {
        let forgery = Forgery::template(Person::Service.email(), "hemera-api").with_claim(claim, value);
        let token = app.clerk.forge(&forgery).unwrap();
        app.anonymous()
            .with_token(&token)
            .get(COURSES)
            .await
            .assert_error(403, "FORBIDDEN");
    }
    assert!(app.clerk.journal("GET", "/v1/users/*").is_empty());
    app.finish().await;
}

/// The bound of a ban where the claim is believed: the token's life and the leeway.
#[tokio::test]
async fn a_claimed_role_lasts_as_long_as_its_token() {
    let app = TestApp::start_with(&[CLAIM]).await;
    let service = app.service();
    app.clerk.set_banned(Person::Service.email(), true).unwrap();
    app.advance(seconds(904));
    service.get(COURSES).await.assert_status(200);
    app.advance(seconds(1));
    service.get(COURSES).await.assert_error(401, "UNAUTHORIZED");
    app.finish().await;
}

#[tokio::test]
async fn the_longest_life_of_tokens_can_be_set() {
    let app = TestApp::start_with(&[("HEMERA_TOKENS__MAX_LIFETIME", "60s")]).await;
    app.service().get(COURSES).await.assert_error(401, "UNAUTHORIZED");
    let session = app.session_token(Person::Service);
    app.anonymous()
        .with_token(&session)
        .get(COURSES)
        .await
        .assert_status(200);
    app.finish().await;
}

/// With the instance's public key in the settings, and roles in claims, there is nobody to ask.
#[tokio::test]
async fn with_a_public_key_verification_needs_no_network() {
    let app = TestApp::start().await;
    let pem = app.clerk.jwt_key().unwrap();
    let nowhere = ("CLERK_API_URL", "http://127.0.0.1:1");
    let (_server, sender) = app.beside(&[CLAIM, ("CLERK_JWT_KEY", &pem), nowhere]).await;
    sender
        .with_token(&app.token(Person::Service))
        .get(COURSES)
        .await
        .assert_status(200);
    let foreign = Forgery::template(Person::Service.email(), "hemera-api")
        .signed_with(clerk_emulator::SignWith::Foreign);
    let foreign = app.clerk.forge(&foreign).unwrap();
    sender
        .with_token(&foreign)
        .get(COURSES)
        .await
        .assert_error(401, "UNAUTHORIZED");
    assert!(app.clerk.journal("GET", "/**").is_empty());
    app.finish().await;
}

/// The bound of a withdrawn key: five minutes while Clerk answers.
#[tokio::test]
async fn a_withdrawn_key_stops_within_its_bound() {
    let app = TestApp::start().await;
    let service = long_lived(&app);
    service.get(COURSES).await.assert_status(200);
    app.clerk.rotate_key(false).unwrap();
    app.clerk.withdraw_previous_keys();
    app.advance(seconds(299));
    service.get(COURSES).await.assert_status(200);
    app.advance(seconds(1));
    service.get(COURSES).await.assert_error(401, "UNAUTHORIZED");
    app.finish().await;
}

/// Each class of tokens by itself: the others are refused, each with a reason of its own for the operator.
#[tokio::test]
async fn only_the_configured_classes_of_tokens_are_accepted() {
    for (classes, template, session) in [
        ("template,machine", 200, 401),
        ("session", 401, 200),
        ("template, session", 200, 200),
    ] {
        let app = TestApp::start_with(&[("HEMERA_TOKENS__CLASSES", classes)]).await;
        let answer = app.service().get(COURSES).await;
        assert_eq!(answer.status, template, "{classes}: a template token");
        let token = app.session_token(Person::Service);
        let log = CapturedLog::start();
        let answer = app.anonymous().with_token(&token).get(COURSES).await;
        assert_eq!(answer.status, session, "{classes}: a session token");
        assert_eq!(
            log.text().contains("class_not_accepted"),
            session == 401,
            "{classes}"
        );
        app.finish().await;
    }
}

#[tokio::test]
async fn a_token_for_another_audience_is_refused_in_every_class() {
    let app = TestApp::start().await;
    let email = Person::Service.email();
    for forgery in [Forgery::session(email), Forgery::template(email, "hemera-api")] {
        for (aud, status) in [
            (json!("hemera-api"), 200),
            (json!(["other", "hemera-api"]), 200),
            (json!("other"), 401),
            (json!([]), 401),
            (json!(7), 401),
        ] {
            let token = app
                .clerk
                .forge(&forgery.clone().with_claim("aud", aud.clone()))
                .unwrap();
            let answer = app.anonymous().with_token(&token).get(COURSES).await;
            assert_eq!(answer.status, status, "{aud}");
        }
    }
    app.finish().await;
}
