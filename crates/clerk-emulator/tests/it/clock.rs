//! The emulator's time, and going back to the beginning.

use std::time::{Duration, SystemTime};

use clerk_emulator::{Effect, Fault, Forgery};
use reqwest::Method;
use serde_json::json;

use super::support::{Jwt, SERVICE_USER, development, production, service_user};

#[tokio::test]
async fn tokens_are_minted_at_the_emulators_time() {
    let (emulator, caller) = development().await;
    let session = caller
        .post("/v1/sessions", json!({"user_id": service_user(&emulator)}))
        .await
        .ok();
    let mint = format!(
        "/v1/sessions/{}/tokens/hemera-api",
        session["id"].as_str().unwrap()
    );
    let stood = caller
        .send(
            Method::PUT,
            "/__emulator/clock",
            json!({"stand_at": 1_790_000_000_500_i64}),
        )
        .await
        .ok();
    assert_eq!(stood, json!({"now": 1_790_000_000_500_i64, "standing": true}));
    assert_eq!(
        Jwt::of(&caller.poke(&mint).await.ok()).claims["iat"],
        1_790_000_000
    );
    caller
        .post("/__emulator/clock/advance", json!({"seconds": 90}))
        .await
        .ok();
    assert_eq!(
        Jwt::of(&caller.poke(&mint).await.ok()).claims["iat"],
        1_790_000_090
    );
    assert_eq!(
        emulator.now(),
        SystemTime::UNIX_EPOCH + Duration::from_millis(1_790_000_090_500)
    );
    let behind = caller
        .send(Method::PUT, "/__emulator/clock", json!({"run_ahead": -3600}))
        .await
        .ok();
    assert_eq!(behind["standing"], false);
    let expired = Jwt::of(&caller.poke(&mint).await.ok());
    let follows = caller.delete("/__emulator/clock").await.ok();
    let now = follows["now"].as_i64().unwrap() / 1000;
    assert!(
        expired.claims["exp"].as_i64().unwrap() < now - 2_600,
        "an hour behind and a quarter of it alive"
    );
    let never = caller
        .send(Method::PUT, "/__emulator/clock", json!({"run_ahead": i64::MAX}))
        .await;
    never.refused(400, "request_body_invalid");
    caller
        .send(Method::PUT, "/__emulator/clock", json!({"at": 1}))
        .await
        .refused(400, "request_body_invalid");
}

#[tokio::test]
async fn a_reset_restores_the_state_of_the_start() {
    let (emulator, caller) = production().await;
    let good = Jwt::parse(&emulator.forge(&Forgery::session(SERVICE_USER)).unwrap());
    caller
        .delete(&format!("/v1/users/{}", service_user(&emulator)))
        .await
        .ok();
    emulator.advance(Duration::from_hours(100));
    emulator.rotate_key(false).unwrap();
    emulator.change_settings(|settings| settings.native_api = false);
    emulator.add_fault(Fault::new("/**", Effect::Cut));
    caller.poke("/__emulator/reset").await.ok();
    assert!(emulator.user_id(SERVICE_USER).is_some());
    assert!(emulator.settings().native_api);
    assert!(emulator.journal("DELETE", "/**").is_empty());
    let jwks = caller.get("/v1/jwks").await.ok();
    assert_eq!(jwks["keys"].as_array().unwrap().len(), 1);
    assert!(good.is_signed_by(&jwks), "the key is that of the start");
    let clock = caller.get("/__emulator/clock").await.ok();
    assert!(clock["now"].as_i64().unwrap() / 1000 - good.claims["iat"].as_i64().unwrap() < 60);
}

#[tokio::test]
async fn settings_change_one_by_one() {
    let (_emulator, caller) = production().await;
    let before = caller.get("/__emulator/settings").await.ok();
    let patch = |body| caller.send(Method::PATCH, "/__emulator/settings", body);
    let after = patch(json!({"session_lifetime": 60})).await.ok();
    assert_eq!(
        (&after["session_lifetime"], &after["domain"]),
        (&json!(60), &before["domain"])
    );
    patch(json!({"session_life": 60}))
        .await
        .refused(400, "request_body_invalid");
    patch(json!({"native_api": "yes"}))
        .await
        .refused(400, "request_body_invalid");
    assert_eq!(caller.get("/__emulator/settings").await.ok(), after);
}

#[tokio::test]
async fn the_instance_shows_its_keys_and_its_issuer() {
    let (emulator, caller) = production().await;
    let info = caller.get("/__emulator").await.ok();
    assert_eq!(
        (&info["issuer"], &info["environment"]),
        (&json!(emulator.base_url()), &json!("production"))
    );
    assert_eq!(info["secret_key"], "sk_live_emulator");
    assert_eq!(info["publishable_key"], emulator.publishable_key());
    assert_eq!(info["jwt_key"], emulator.jwt_key().unwrap());
    caller
        .get("/__emulator/nothing")
        .await
        .refused(404, "not_emulated");
}
