//! ID tokens of Clerk as a provider of `OpenID` Connect: the same key, issuer and subject as those of a template token.

use clerk_emulator::{ClerkEmulator, Forgery};

use crate::support::{CapturedLog, Person, TestApp};

const COURSES: &str = "/api/service/courses?limit=1";
/// The OAuth application at which the administrator has signed in.
const APPLICATION: &str = "d9g4CT4WYfCWDqYZ";

/// An ID token of an administrator, without what only a sign-in adds to one.
fn plain() -> Forgery {
    Forgery::template(Person::Admin.email(), "hemera-api")
        .without_header("cat")
        .with_claim("aud", APPLICATION)
        .with_claim("role", "admin")
}

/// The same with one of the claims of a sign-in.
fn signed_in(clerk: &ClerkEmulator) -> Vec<String> {
    [
        ("at_hash", "LDktKdoQak3Pk0cnXxCltA"),
        ("c_hash", "LDktKdoQak3Pk0cnXxCltA"),
        ("nonce", "n-0S6"),
        ("auth_time", "1"),
    ]
    .into_iter()
    .map(|(claim, value)| clerk.forge(&plain().with_claim(claim, value)).unwrap())
    .collect()
}

#[tokio::test]
async fn an_id_token_is_refused_for_its_audience() {
    let log = CapturedLog::start();
    let app = TestApp::start().await;
    let token = app.clerk.forge(&plain()).unwrap();
    let answer = app.anonymous().with_token(&token).get(COURSES).await;
    answer.assert_error(401, "UNAUTHORIZED");
    assert_eq!(log.requests()[0]["reason"], "wrong_audience");
    app.finish().await;
}

/// Even where an operator has named the OAuth application as the audience, and takes roles from tokens.
#[tokio::test]
async fn an_id_token_of_a_sign_in_is_refused_under_every_setting() {
    let named = ("HEMERA_TOKENS__AUDIENCE", APPLICATION);
    let classes = ("HEMERA_TOKENS__CLASSES", "template,session,machine");
    let claimed = ("HEMERA_ROLES__SOURCE", "claim");
    for settings in [
        vec![],
        vec![named],
        vec![named, classes],
        vec![named, claimed],
        vec![named, classes, claimed],
    ] {
        let app = TestApp::start_with(&settings).await;
        for token in signed_in(&app.clerk) {
            let log = CapturedLog::start();
            let answer = app.anonymous().with_token(&token).get(COURSES).await;
            answer.assert_error(401, "UNAUTHORIZED");
            assert_eq!(log.requests()[0]["reason"], "id_token", "{settings:?}");
        }
        app.finish().await;
    }
}
