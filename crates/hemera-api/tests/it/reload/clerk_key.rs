//! The file of Clerk's secret key.

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use clerk_emulator::{ClerkEmulator, Effect, Fault, Options};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

use super::{READ, SecretFile, pass, said};
use crate::support::{CapturedLog, TestApp};

/// After this time the role that is known is asked for again.
const ROLE_AGE: Duration = Duration::from_secs(61);

/// A server whose secret key is in a file. The key may be written when its Clerk is there.
async fn app_with(file: &SecretFile, settings: &[(&str, &str)]) -> TestApp {
    file.write("sk_live_emulator\n");
    let settings = [&[("CLERK_SECRET_KEY_FILE", file.path())], settings].concat();
    let app = TestApp::start_with(&settings).await;
    assert_eq!(app.clerk.secret_key(), "sk_live_emulator");
    app.service().get(READ).await.assert_status(200);
    app
}

async fn assert_roles_are_looked_up(app: &TestApp) {
    app.advance(ROLE_AGE);
    let before = app.clerk.journal("GET", "/v1/users/*").len();
    app.service().get(READ).await.assert_status(200);
    assert_eq!(app.clerk.journal("GET", "/v1/users/*").len(), before + 1);
}

#[tokio::test]
async fn after_a_new_key_the_old_one_may_go() {
    let file = SecretFile::with("");
    let app = app_with(&file, &[]).await;
    let new = app.clerk.add_secret_key();
    let log = CapturedLog::start();
    file.write(&new);
    app.app.secrets().read_now().await;
    assert_eq!(said(&log, "INFO"), ["secret clerk_secret_key was replaced"]);
    assert!(!log.text().contains(&new), "the log has the key");
    app.clerk.delete_secret_key("sk_live_emulator").unwrap();
    assert_roles_are_looked_up(&app).await;
    app.finish().await;
}

/// The old key was deleted first: callers are served as soon as the new one is there, not a cool-down later.
#[tokio::test]
async fn a_new_key_ends_an_outage_at_once() {
    let file = SecretFile::with("");
    let app = app_with(&file, &[]).await;
    let new = app.clerk.add_secret_key();
    app.clerk.delete_secret_key("sk_live_emulator").unwrap();
    app.advance(ROLE_AGE);
    app.service()
        .get(READ)
        .await
        .assert_error(503, "SERVICE_UNAVAILABLE");
    file.write(&new);
    app.app.secrets().read_now().await;
    app.service().get(READ).await.assert_status(200);
    app.finish().await;
}

#[tokio::test]
async fn a_key_that_cannot_be_used_leaves_the_old_one() {
    let file = SecretFile::with("");
    let publishable = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
    let app = app_with(&file, &[("CLERK_PUBLISHABLE_KEY", publishable)]).await;
    for (content, problem) in [
        (
            "sk_live_unknown",
            "CLERK_SECRET_KEY_FILE: Clerk refuses the new key; put",
        ),
        (
            "",
            "CLERK_SECRET_KEY_FILE: names a file that is empty; put the secret",
        ),
        (
            "pk_live_x",
            "CLERK_SECRET_KEY_FILE: must be a secret key of Clerk",
        ),
        (
            "sk_test_emulator",
            "CLERK_SECRET_KEY a test one: take both from one instance",
        ),
    ] {
        let log = CapturedLog::start();
        file.write(content);
        pass(&app, Duration::from_secs(30)).await;
        let lines = said(&log, "WARN");
        assert!(lines.len() == 1 && lines[0].contains(problem), "{lines:?}");
        assert_roles_are_looked_up(&app).await;
    }
    app.finish().await;
}

#[tokio::test]
async fn a_key_that_cannot_be_tried_is_tried_again() {
    let file = SecretFile::with("");
    let app = app_with(&file, &[]).await;
    let new = app.clerk.add_secret_key();
    let log = CapturedLog::start();
    app.clerk.add_fault(Fault::new("/v1/jwks", Effect::Status(503)));
    file.write(&new);
    app.app.secrets().read_now().await;
    pass(&app, Duration::from_mins(2)).await;
    let lines = said(&log, "WARN");
    assert!(
        lines.len() == 1
            && lines[0].contains("it is tried again: CLERK_SECRET_KEY_FILE: the new key could not be tried"),
        "{lines:?}"
    );
    let tries = app.clerk.journal("GET", "/v1/jwks").len();
    assert!((3..=8).contains(&tries), "{tries} questions in two minutes");
    app.clerk.clear_faults();
    pass(&app, Duration::from_mins(1)).await;
    assert_eq!(said(&log, "INFO"), ["secret clerk_secret_key was replaced"]);
    app.clerk.delete_secret_key("sk_live_emulator").unwrap();
    assert_roles_are_looked_up(&app).await;
    app.finish().await;
}

/// One address in front of two instances, as Clerk's is: the key says which is meant.
async fn front(instances: [(String, String); 2]) -> (String, AbortOnDropHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let pass_on = move |request: Request| {
        let instances = instances.clone();
        async move {
            let sent = request.headers()["authorization"].to_str().unwrap().to_owned();
            let (_, base) = instances
                .iter()
                .find(|(key, _)| sent.ends_with(key.as_str()))
                .unwrap_or(&instances[0]);
            let path = request.uri().path_and_query().unwrap().as_str();
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let asked = client
                .request(request.method().clone(), format!("{base}{path}"))
                .headers(request.headers().clone())
                .send();
            let answer = asked.await.unwrap();
            let status = answer.status();
            let headers = [("content-type", "application/json")];
            let passed: Response = (status, headers, answer.bytes().await.unwrap()).into_response();
            passed
        }
    };
    let router = Router::new().fallback(pass_on);
    let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, AbortOnDropHandle::new(serving))
}

#[tokio::test]
async fn a_key_of_another_instance_is_refused() {
    let other = ClerkEmulator::start(Options::production()).await.unwrap();
    let others_key = other.add_secret_key();
    let beside = TestApp::start().await;
    let instances = [
        ("sk_live_emulator".to_owned(), beside.clerk.base_url()),
        (others_key.clone(), other.base_url()),
    ];
    let (url, _front) = front(instances).await;
    let file = SecretFile::with("sk_live_emulator");
    let settings = [("CLERK_SECRET_KEY_FILE", file.path()), ("CLERK_API_URL", &url)];
    let (app, sender) = beside.beside(&settings).await;
    let token = beside.token(crate::support::Person::Service);
    let sender = sender.with_token(&token);
    sender.get(READ).await.assert_status(200);
    let log = CapturedLog::start();
    file.write(&others_key);
    app.secrets().read_now().await;
    let lines = said(&log, "WARN");
    assert!(
        lines.len() == 1
            && lines[0].contains("the new key is of another instance than the tokens that are accepted"),
        "{lines:?}"
    );
    beside.advance(ROLE_AGE);
    sender.get(READ).await.assert_status(200);
    app.finish().await;
    beside.finish().await;
}
