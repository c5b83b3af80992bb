//! What is in the tokens.

use std::time::{Duration, SystemTime};

use clerk_emulator::{ClerkEmulator, Options, Seed};
use serde_json::{Value, json};

use super::support::{Caller, Jwt, development, service_user, start};

async fn session(emulator: &ClerkEmulator, caller: &Caller) -> String {
    let made = caller
        .post("/v1/sessions", json!({"user_id": service_user(emulator)}))
        .await
        .ok();
    made["id"].as_str().unwrap().to_owned()
}

fn names(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_session_token_is_of_version_two_and_has_no_azp() {
    let (emulator, caller) = development().await;
    emulator.stand_at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000));
    let session = session(&emulator, &caller).await;
    emulator.advance(Duration::from_mins(3));
    let body = caller.poke(&format!("/v1/sessions/{session}/tokens")).await.ok();
    assert_eq!(body["object"], "token");
    let token = Jwt::of(&body);
    let header = json!({"alg": "RS256", "cat": "cl_B7d4PD111AAA", "kid": emulator.kid(), "typ": "JWT"});
    assert_eq!(token.header, header);
    let expected = ["exp", "fva", "iat", "iss", "jti", "nbf", "sid", "sts", "sub", "v"];
    assert_eq!(names(&token.claims), expected);
    assert_eq!(token.claims["iat"], 1_790_000_180);
    assert_eq!(
        (token.lifetime(), &token.claims["nbf"]),
        (60, &json!(1_790_000_170))
    );
    assert_eq!(token.claims["fva"], json!([3, -1]));
    assert_eq!(token.claims["iss"], emulator.base_url());
    assert_eq!(token.claims["jti"].as_str().unwrap().len(), 20);
    assert_eq!(
        (&token.claims["sid"], &token.claims["sts"]),
        (&json!(session), &json!("active"))
    );
    assert_eq!(
        (&token.claims["sub"], &token.claims["v"]),
        (&json!(service_user(&emulator)), &json!(2))
    );
    assert!(token.is_signed_by(&caller.get("/v1/jwks").await.ok()));
}

#[tokio::test]
async fn a_template_token_has_the_template_and_nothing_of_the_session() {
    let (emulator, caller) = development().await;
    let session = session(&emulator, &caller).await;
    let token = Jwt::of(
        &caller
            .poke(&format!("/v1/sessions/{session}/tokens/hemera-api"))
            .await
            .ok(),
    );
    let header = json!({"alg": "RS256", "cat": "cl_B7d4PD222AAA", "kid": emulator.kid(), "typ": "JWT"});
    assert_eq!(token.header, header);
    let expected = ["aud", "exp", "iat", "iss", "jti", "nbf", "role", "service", "sub"];
    assert_eq!(names(&token.claims), expected);
    assert_eq!(token.lifetime(), 900);
    let early = token.claims["iat"].as_i64().unwrap() - token.claims["nbf"].as_i64().unwrap();
    assert_eq!(early, 5);
    assert_eq!(
        (&token.claims["aud"], &token.claims["role"]),
        (&json!("hemera-api"), &json!("api-client"))
    );
    assert_eq!(token.claims["service"], "aither");
    assert!(token.is_signed_by(&caller.get("/v1/jwks").await.ok()));
    caller
        .poke(&format!("/v1/sessions/{session}/tokens/nope"))
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn a_token_carries_the_current_role() {
    let (emulator, caller) = development().await;
    let session = session(&emulator, &caller).await;
    let path = format!("/v1/sessions/{session}/tokens/hemera-api");
    let metadata = json!({"role": null, "service": "x"}).as_object().unwrap().clone();
    emulator
        .merge_public_metadata(&service_user(&emulator), metadata)
        .unwrap();
    let token = Jwt::of(&caller.poke(&path).await.ok());
    assert_eq!(
        (&token.claims["role"], &token.claims["service"]),
        (&Value::Null, &json!("x"))
    );
}

#[tokio::test]
async fn a_lifetime_can_be_asked_for_within_limits() {
    let (emulator, caller) = development().await;
    let session = session(&emulator, &caller).await;
    for path in [
        format!("/v1/sessions/{session}/tokens"),
        format!("/v1/sessions/{session}/tokens/hemera-api"),
    ] {
        for seconds in [30, 3600, 315_360_000] {
            let token = Jwt::of(
                &caller
                    .post(&path, json!({"expires_in_seconds": seconds}))
                    .await
                    .ok(),
            );
            assert_eq!(token.lifetime(), seconds);
        }
        caller.post(&path, json!({"expires_in_seconds": null})).await.ok();
        for seconds in [29, 315_360_001] {
            let answer = caller.post(&path, json!({"expires_in_seconds": seconds})).await;
            answer.refused(422, "form_param_value_invalid");
        }
        caller.post(&path, json!({"audience": "x"})).await.ok();
    }
}

#[tokio::test]
async fn session_claims_and_tasks_show_in_session_tokens() {
    let seed = r#"
        [instance]
        session_claims = { role = "{{user.public_metadata.role}}", sub = "someone else", aud = "hemera-api" }
        session_tasks = ["choose-organization"]
        [[users]]
        email = "aither-service@hemera-academy.com"
        public_metadata = { role = "api-client" }
    "#;
    let (emulator, caller) = start(Options::new().with_seed(Seed::parse(seed).unwrap())).await;
    let session = session(&emulator, &caller).await;
    let token = Jwt::of(&caller.poke(&format!("/v1/sessions/{session}/tokens")).await.ok());
    assert_eq!(
        (&token.claims["role"], &token.claims["aud"]),
        (&json!("api-client"), &json!("hemera-api"))
    );
    assert_eq!(
        token.claims["sub"],
        service_user(&emulator),
        "default claims cannot be overridden"
    );
    assert_eq!(token.claims["sts"], "pending");
    let session = caller.get(&format!("/v1/sessions/{session}")).await.ok();
    assert_eq!(
        (&session["status"], &session["tasks"]),
        (&json!("pending"), &json!([{"key": "choose-organization"}]))
    );
}
