//! Machines.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Caller, production};

async fn machine(caller: &Caller, name: &str) -> Value {
    caller.post("/v1/machines", json!({"name": name})).await.ok()
}

fn id(machine: &Value) -> &str {
    machine["id"].as_str().unwrap()
}

#[tokio::test]
async fn machines_are_made_changed_found_and_deleted() {
    let (emulator, caller) = production().await;
    let hemera = machine(&caller, "hemera").await;
    assert!(hemera["secret_key"].as_str().unwrap().starts_with("ak_"));
    assert_eq!(
        (&hemera["default_token_ttl"], &hemera["instance_id"]),
        (&json!(3600), &json!(emulator.kid()))
    );
    emulator.advance(Duration::from_secs(1));
    let body = json!({"name": "aither", "scoped_machines": [id(&hemera)], "default_token_ttl": 900});
    let aither = caller.post("/v1/machines", body).await.ok();
    assert_eq!(aither["scoped_machines"][0]["id"], hemera["id"]);
    let path = format!("/v1/machines/{}", id(&aither));
    assert_eq!(caller.get(&path).await.ok().get("secret_key"), None);
    let secret = caller.get(&format!("{path}/secret_key")).await.ok();
    assert_eq!(
        secret,
        json!({"object": "machine_secret_key", "secret": aither["secret_key"]})
    );
    let list = caller.get("/v1/machines").await.ok();
    assert_eq!(
        (&list["total_count"], &list["data"][0]["id"]),
        (&json!(2), &aither["id"])
    );
    let list = caller
        .get("/v1/machines?query=HEM&order_by=created_at")
        .await
        .ok();
    assert_eq!(
        (&list["total_count"], &list["data"][0]["id"]),
        (&json!(1), &hemera["id"])
    );
    let changed = caller
        .send(Method::PATCH, &path, json!({"default_token_ttl": 60}))
        .await
        .ok();
    assert_eq!(
        (&changed["name"], &changed["default_token_ttl"]),
        (&json!("aither"), &json!(60))
    );
    let gone = caller.delete(&format!("/v1/machines/{}", id(&hemera))).await.ok();
    assert_eq!(
        gone,
        json!({"object": "machine", "id": hemera["id"], "deleted": true})
    );
    assert_eq!(caller.get(&path).await.ok()["scoped_machines"], json!([]));
    caller
        .get(&format!("/v1/machines/{}", id(&hemera)))
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn scopes_are_added_once_and_removed() {
    let (_emulator, caller) = production().await;
    let (from, to) = (machine(&caller, "a").await, machine(&caller, "b").await);
    let path = format!("/v1/machines/{}/scopes", id(&from));
    let scope = caller.post(&path, json!({"to_machine_id": id(&to)})).await.ok();
    assert_eq!(
        (&scope["object"], &scope["to_machine_id"]),
        (&json!("machine_scope"), &to["id"])
    );
    caller
        .post(&path, json!({"to_machine_id": id(&to)}))
        .await
        .refused(409, "conflict");
    caller
        .post(&path, json!({"to_machine_id": "mch_unknown"}))
        .await
        .refused(404, "resource_not_found");
    let one = format!("{path}/{}", id(&to));
    assert_eq!(caller.delete(&one).await.ok()["deleted"], true);
    caller.delete(&one).await.refused(404, "resource_not_found");
}

#[tokio::test]
async fn invalid_machines_are_refused() {
    let (_emulator, caller) = production().await;
    let table = [
        (json!({}), 422, "form_param_missing"),
        (json!({"name": ""}), 422, "form_param_value_invalid"),
        (json!({"name": "x".repeat(256)}), 422, "form_param_value_invalid"),
        (
            json!({"name": "x", "default_token_ttl": 0}),
            422,
            "form_param_value_invalid",
        ),
        (
            json!({"name": "x", "scoped_machines": ["mch_unknown"]}),
            422,
            "form_resource_not_found",
        ),
    ];
    for (body, status, code) in table {
        caller.post("/v1/machines", body).await.refused(status, code);
    }
}

#[tokio::test]
async fn a_rotated_secret_key_stays_valid_for_the_requested_time() {
    let (emulator, caller) = production().await;
    let machine = machine(&caller, "aither").await;
    let path = format!("/v1/machines/{}/secret_key/rotate", id(&machine));
    caller
        .post(&path, json!({}))
        .await
        .refused(422, "form_param_missing");
    caller
        .post(&path, json!({"previous_token_ttl": 28_801}))
        .await
        .refused(422, "form_param_value_invalid");
    let fresh = caller.post(&path, json!({"previous_token_ttl": 60})).await.ok();
    let with = |key: &Value| Caller::new(&emulator.base_url()).with_key(key.as_str().unwrap());
    for key in [&machine["secret_key"], &fresh["secret"]] {
        assert_eq!(with(key).post("/m2m_tokens", json!({})).await.status, 201);
    }
    emulator.advance(Duration::from_mins(1));
    with(&machine["secret_key"])
        .post("/m2m_tokens", json!({}))
        .await
        .refused(401, "clerk_key_invalid");
    assert_eq!(
        with(&fresh["secret"]).post("/m2m_tokens", json!({})).await.status,
        201
    );
    with(&fresh["secret"])
        .get("/v1/users")
        .await
        .refused(401, "clerk_key_invalid");
}
