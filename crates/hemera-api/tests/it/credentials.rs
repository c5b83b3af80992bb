//! Who gets in, and what those who do not are told.

use std::time::Duration;

use clerk_emulator::{Forgery, SignWith};

use crate::support::{Answer, CapturedLog, Person, Sender, TestApp};

const COURSES: &str = "/api/service/courses?limit=1";

fn role(role: &str) -> serde_json::Map<String, serde_json::Value> {
    [("role".to_owned(), role.into())].into_iter().collect()
}

/// The body without what differs from request to request by design.
fn told(answer: &Answer) -> String {
    let mut json = answer.json();
    json["meta"]["requestId"] = "".into();
    json.to_string()
}

/// A bad credential: the reason that the log shows, who sends it, and whether a bearer token is in it.
type Case = (&'static str, Sender, bool);

fn badly_sent(app: &TestApp) -> Vec<Case> {
    let (nobody, good) = (app.anonymous(), app.token(Person::Service));
    let authorization = |value: String| nobody.with("authorization", value);
    vec![
        ("no_credential", nobody.clone(), false),
        (
            "not_a_bearer_token",
            authorization("Basic dXNlcjpwYXNz".to_owned()),
            false,
        ),
        ("not_a_bearer_token", authorization("Bearer".to_owned()), false),
        (
            "not_a_bearer_token",
            authorization(format!("Bearer  {good}")),
            false,
        ),
        (
            "not_a_bearer_token",
            authorization(format!("Token {good}")),
            false,
        ),
        (
            "not_a_bearer_token",
            authorization(format!("Bearer {good}, Bearer {good}")),
            false,
        ),
        (
            "credential_sent_twice",
            nobody.with_token(&good).with_token(&good),
            true,
        ),
        ("two_credentials", app.service_key().with_token(&good), true),
        (
            "unknown_service_key",
            nobody.with("x-api-key", "hmr_live_wrong"),
            false,
        ),
        ("malformed_service_key", nobody.with("x-api-key", ""), false),
        ("clerk_secret_as_bearer", nobody.with_token("sk_live_4f1c"), true),
        ("not_compact", nobody.with_token("opaque"), true),
    ]
}

fn forged(app: &TestApp) -> Vec<Case> {
    let template = || Forgery::template(Person::Service.email(), "hemera-api");
    let cases = [
        ("expired", template().aged(Duration::from_mins(20))),
        ("not_yet_valid", template().ahead(Duration::from_mins(20))),
        ("bad_signature", template().signed_with(SignWith::Foreign)),
        ("not_compact", template().signed_with(SignWith::Nothing)),
        ("wrong_audience", template().with_claim("aud", "somebody-else")),
        (
            "wrong_issuer",
            template().with_claim("iss", "https://clerk.evil.example"),
        ),
    ];
    let sender = |forgery| app.anonymous().with_token(&app.clerk.forge(&forgery).unwrap());
    cases
        .into_iter()
        .map(|(reason, forgery)| (reason, sender(forgery), true))
        .collect()
}

/// Whatever is wrong with a credential, the answer is the same; the log alone knows why.
#[tokio::test]
async fn every_bad_credential_gets_one_identical_answer() {
    let log = CapturedLog::start();
    let app = TestApp::start_with(&[("HEMERA_LIMITS__FAILED_AUTH_BURST", "1000")]).await;
    let body = told(&app.anonymous().get(COURSES).await);
    let cases = [badly_sent(&app), forged(&app)].concat();
    for (reason, sender, token_was_sent) in &cases {
        let answer = sender.get(COURSES).await;
        answer.assert_error(401, "UNAUTHORIZED");
        assert_eq!(told(&answer), body, "{reason}");
        let challenge = if *token_was_sent {
            "Bearer error=\"invalid_token\""
        } else {
            "Bearer"
        };
        assert_eq!(answer.header("www-authenticate"), challenge, "{reason}");
    }
    let logged = log.requests();
    let logged: Vec<&str> = logged
        .iter()
        .skip(1)
        .map(|line| line["reason"].as_str().unwrap())
        .collect();
    let reasons: Vec<&str> = cases.iter().map(|(reason, ..)| *reason).collect();
    assert_eq!(logged, reasons);
    app.finish().await;
}

#[tokio::test]
async fn the_scheme_is_read_in_any_case() {
    let app = TestApp::start().await;
    let token = app.token(Person::Service);
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let sender = app.anonymous().with("authorization", format!("{scheme} {token}"));
        sender.get(COURSES).await.assert_status(200);
    }
    app.finish().await;
}

/// Nothing that is secret or personal reaches the log, even where everything is logged.
#[tokio::test]
async fn nothing_secret_is_logged() {
    let log = CapturedLog::start();
    let app = TestApp::start().await;
    let token = app.token(Person::Service);
    app.anonymous()
        .with_token(&token)
        .get(COURSES)
        .await
        .assert_status(200);
    let forged = format!("{}x", &token[..token.len() - 1]);
    app.anonymous()
        .with_token(&forged)
        .get(COURSES)
        .await
        .assert_error(401, "UNAUTHORIZED");
    // The last one is user:sk_live_leaked.
    for value in [
        "Bearer sk_live_leaked",
        "sk_live_leaked",
        "Token sk_live_leaked",
        "Basic dXNlcjpza19saXZlX2xlYWtlZA==",
    ] {
        for header in ["authorization", "x-api-key"] {
            let leaking = app.anonymous().with(header, value);
            leaking.get(COURSES).await.assert_error(401, "UNAUTHORIZED");
        }
    }
    app.service_key().get(COURSES).await.assert_status(200);
    let text = log.text();
    assert!(text.contains("hemera_api"), "nothing was caught");
    let signature = token.rsplit('.').next().unwrap();
    let secrets = [
        signature,
        "sk_live_leaked",
        "dXNlcjpza19saXZlX2xlYWtlZA",
        "hmr_test_5b0f",
        &app.clerk.secret_key(),
        "@hemera-academy.com",
    ];
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_service_key_works_only_where_it_is_configured() {
    let app = TestApp::start().await;
    app.service_key().get(COURSES).await.assert_status(200);
    let other = format!("{:064x}", 7);
    let without = TestApp::start_with(&[("HEMERA_SERVICE_KEYS__ROLLBACK__SHA256", &other)]).await;
    without
        .service_key()
        .get(COURSES)
        .await
        .assert_error(401, "UNAUTHORIZED");
    app.finish().await;
    without.finish().await;
}

/// What Clerk says of the role counts, at most 60 s late; what the token says of it does not.
#[tokio::test]
async fn a_changed_role_counts_within_its_age() {
    let app = TestApp::start().await;
    let service = Person::Service.email();
    let token = app.token(Person::Service);
    let sender = app.anonymous().with_token(&token);
    sender.get(COURSES).await.assert_status(200);

    app.clerk.merge_public_metadata(service, role("user")).unwrap();
    app.advance(Duration::from_secs(61));
    sender.get(COURSES).await.assert_error(403, "FORBIDDEN");

    app.clerk
        .merge_public_metadata(service, role(" API-Client "))
        .unwrap();
    app.advance(Duration::from_secs(61));
    sender.get(COURSES).await.assert_status(200);
    app.finish().await;
}

#[tokio::test]
async fn a_claimed_role_is_worth_nothing() {
    let app = TestApp::start().await;
    let claims = Forgery::template(Person::User.email(), "hemera-api").with_claim("role", "admin");
    let token = app.clerk.forge(&claims).unwrap();
    app.anonymous()
        .with_token(&token)
        .get(COURSES)
        .await
        .assert_error(403, "FORBIDDEN");
    app.finish().await;
}

#[tokio::test]
async fn banned_and_deleted_users_are_refused() {
    let app = TestApp::start().await;
    let sender = app.service();
    let admin = app.admin();
    sender.get(COURSES).await.assert_status(200);
    admin.get(COURSES).await.assert_status(200);
    app.clerk.set_banned(Person::Service.email(), true).unwrap();
    app.clerk.delete_user(Person::Admin.email()).unwrap();
    app.advance(Duration::from_secs(61));
    sender.get(COURSES).await.assert_error(401, "UNAUTHORIZED");
    admin.get(COURSES).await.assert_error(401, "UNAUTHORIZED");
    app.finish().await;
}

/// A lock is only a warning: strangers can cause one by guessing passwords.
#[tokio::test]
async fn locked_users_are_not_refused() {
    let app = TestApp::start().await;
    app.clerk.set_locked(Person::Service.email(), true).unwrap();
    app.service().get(COURSES).await.assert_status(200);
    app.finish().await;
}

/// A hundred requests of one caller ask Clerk for its role once.
#[tokio::test]
async fn a_role_is_looked_up_once() {
    let app = TestApp::start_with(&[
        ("HEMERA_LIMITS__API_CLIENT_RATE", "100000"),
        ("HEMERA_LIMITS__API_CLIENT_BURST", "100000"),
        // A quarter of the places is for requests that wait for the key set, as all of these do.
        ("HEMERA_HTTP__CONCURRENCY", "400"),
    ])
    .await;
    let sender = app.service();
    let calls = (0..100).map(|_| sender.get(COURSES));
    for answer in futures_util::future::join_all(calls).await {
        answer.assert_status(200);
    }
    assert_eq!(app.clerk.journal("GET", "/v1/users/*").len(), 1);
    assert_eq!(app.clerk.journal("GET", "/v1/jwks").len(), 1);
    app.finish().await;
}
