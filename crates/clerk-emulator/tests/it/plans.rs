//! What the plan of an instance includes.

use std::time::Duration;

use clerk_emulator::{ClerkEmulator, Environment, Options, Plan, Seed};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Answer, Caller, SERVICE_USER, service_user, start};

/// Asks every operation of the emulator that Clerk's documents list with 402 and that depends on the plan.
async fn paid_operations(emulator: &ClerkEmulator, caller: &Caller) -> Vec<Answer> {
    let user = service_user(emulator);
    let templates = caller.get("/v1/jwt_templates").await.ok();
    let template = format!("/v1/jwt_templates/{}", templates[0]["id"].as_str().unwrap());
    let many = json!({"user_ids": [user]});
    let changed = json!({"name": "hemera-api", "claims": {}});
    let requests = [
        (Method::POST, format!("/v1/users/{user}/ban"), json!({})),
        (Method::POST, format!("/v1/users/{user}/unban"), json!({})),
        (Method::POST, "/v1/users/ban".to_owned(), many.clone()),
        (Method::POST, "/v1/users/unban".to_owned(), many),
        (
            Method::POST,
            "/v1/jwt_templates".to_owned(),
            json!({"name": "other", "claims": {}}),
        ),
        (Method::PATCH, template, changed),
    ];
    let mut answers = Vec::new();
    for (method, path, body) in requests {
        answers.push(caller.send(method, &path, body).await);
    }
    answers
}

#[track_caller]
fn all_refused(answers: Vec<Answer>) {
    for answer in answers {
        let error = answer.refused(402, "unsupported_subscription_plan_features");
        assert_eq!(error["message"], "Unsupported plan features");
        assert!(error["meta"]["unsupported_features"][0].is_string(), "{error}");
    }
}

#[track_caller]
fn all_done(answers: Vec<Answer>) {
    for answer in answers {
        answer.ok();
    }
}

#[tokio::test]
async fn hobby_in_production_refuses_paid_operations_and_changes_nothing() {
    let (emulator, caller) = start(Options::production().with_plan(Plan::Hobby)).await;
    let state = async || {
        let user = caller
            .get(&format!("/v1/users/{}", service_user(&emulator)))
            .await;
        let templates = caller.get("/v1/jwt_templates").await;
        (user.ok(), templates.ok())
    };
    let before = state().await;
    all_refused(paid_operations(&emulator, &caller).await);
    assert_eq!(state().await, before);
}

#[tokio::test]
async fn hobby_in_production_includes_everything_else() {
    let (emulator, caller) = start(Options::production().with_plan(Plan::Hobby)).await;
    let user = service_user(&emulator);
    let body = json!({"email_address": ["x@example.com"], "skip_password_requirement": true});
    caller.post("/v1/users", body).await.ok();
    for action in ["lock", "unlock"] {
        caller.poke(&format!("/v1/users/{user}/{action}")).await.ok();
    }
    let metadata = json!({"public_metadata": {"role": null}});
    let path = format!("/v1/users/{user}/metadata");
    caller.send(Method::PATCH, &path, metadata).await.ok();
    // A template that exists already is read, minted from and deleted.
    let ticket = emulator.ticket(SERVICE_USER, Duration::from_mins(5)).unwrap();
    let signed_in = Caller::native(&emulator.base_url()).redeem(&ticket).await.ok();
    let session = signed_in["response"]["created_session_id"].as_str().unwrap();
    let mint = format!("/v1/sessions/{session}/tokens/hemera-api");
    caller.poke(&mint).await.ok();
    let templates = caller.get("/v1/jwt_templates").await.ok();
    let template = format!("/v1/jwt_templates/{}", templates[0]["id"].as_str().unwrap());
    caller.get(&template).await.ok();
    caller.delete(&template).await.ok();
}

#[tokio::test]
async fn a_development_instance_and_the_default_plan_include_all_operations() {
    let options = Options::new()
        .with_environment(Environment::Development)
        .with_plan(Plan::Hobby);
    for options in [options, Options::production()] {
        let (emulator, caller) = start(options).await;
        all_done(paid_operations(&emulator, &caller).await);
    }
}

#[tokio::test]
async fn a_wrong_key_is_refused_before_the_plan_is_looked_at() {
    let (emulator, caller) = start(Options::production().with_plan(Plan::Hobby)).await;
    let stranger = caller.with_key("sk_live_other");
    let path = format!("/v1/users/{}/ban", service_user(&emulator));
    stranger.poke(&path).await.refused(401, "clerk_key_invalid");
}

#[tokio::test]
async fn the_plan_is_set_by_the_seed_and_switched_at_run_time() {
    let seed = Seed::parse(&format!(
        "{}\n",
        DEMO.replace("[instance]", "[instance]\nplan = \"hobby\"")
    ));
    let (emulator, caller) = start(Options::production().with_seed(seed.unwrap())).await;
    all_refused(paid_operations(&emulator, &caller).await);
    let switch = async |plan: Value| {
        let change = json!({"plan": plan});
        caller.send(Method::PATCH, "/__emulator/settings", change).await
    };
    assert_eq!(switch(json!("pro")).await.ok()["plan"], "pro");
    all_done(paid_operations(&emulator, &caller).await);
    emulator.change_settings(|settings| settings.plan = Plan::Hobby);
    all_refused(paid_operations(&emulator, &caller).await);
    switch(json!("enterprise"))
        .await
        .refused(400, "request_body_invalid");
}

const DEMO: &str = include_str!("../../src/seed/demo.toml");
