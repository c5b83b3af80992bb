//! The documented limits, where the instance keeps them.

use std::time::{Duration, SystemTime};

use clerk_emulator::{ClerkEmulator, Options};
use reqwest::Method;
use reqwest::header::RETRY_AFTER;
use serde_json::json;

use super::support::{Caller, service_user, start};

async fn limited(options: Options) -> (ClerkEmulator, Caller) {
    let (emulator, caller) = start(options).await;
    emulator.change_settings(|settings| settings.rate_limits = true);
    emulator.stand_at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000));
    (emulator, caller)
}

#[tokio::test]
async fn a_development_instance_answers_a_hundred_in_ten_seconds() {
    let (emulator, caller) = limited(Options::new()).await;
    for _ in 0..100 {
        caller.get("/v1/users/count").await.ok();
    }
    emulator.advance(Duration::from_secs(3));
    let refused = caller.get("/v1/users/count").await;
    assert_eq!(refused.header(RETRY_AFTER.as_str()), "7");
    refused.refused(429, "too_many_requests");
    caller.get("/v1/jwks").await.ok();
    emulator.advance(Duration::from_secs(7));
    caller.get("/v1/users/count").await.ok();
}

#[tokio::test]
async fn changes_of_one_user_and_sign_ins_have_limits_of_their_own() {
    let (emulator, caller) = limited(Options::production()).await;
    let path = format!("/v1/users/{}/metadata", service_user(&emulator));
    for _ in 0..10 {
        caller.send(Method::PATCH, &path, json!({})).await.ok();
    }
    caller
        .send(Method::PUT, &path, json!({}))
        .await
        .refused(429, "too_many_requests");
    let other = emulator.user_id("katharina.vogt@hemera-academy.com").unwrap();
    caller
        .send(Method::PATCH, &format!("/v1/users/{other}/metadata"), json!({}))
        .await
        .ok();
    let native = Caller::native(&emulator.base_url());
    for _ in 0..5 {
        native.redeem("x").await.refused(400, "ticket_invalid_code");
    }
    native.redeem("x").await.refused(429, "too_many_requests");
}

#[tokio::test]
async fn without_the_setting_nothing_is_limited() {
    let (_emulator, caller) = start(Options::new()).await;
    for _ in 0..101 {
        caller.get("/v1/users/count").await.ok();
    }
}
