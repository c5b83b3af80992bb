//! The record of what was asked.

use std::time::Duration;

use serde_json::json;

use super::support::{Caller, SERVICE_USER, production, service_user};

#[tokio::test]
async fn the_journal_keeps_methods_paths_and_statuses_in_order() {
    let (emulator, caller) = production().await;
    caller.get("/v1/users/count?query=x").await.ok();
    caller
        .get("/v1/users/user_unknown")
        .await
        .refused(404, "resource_not_found");
    caller.get("/__emulator").await.ok();
    let all = caller.get("/__emulator/journal").await.ok();
    let entries = all["entries"].as_array().unwrap();
    let short: Vec<_> = entries
        .iter()
        .map(|one| (&one["number"], &one["path"], &one["status"]))
        .collect();
    assert_eq!(
        short,
        [
            (&json!(1), &json!("/v1/users/count"), &json!(200)),
            (&json!(2), &json!("/v1/users/user_unknown"), &json!(404)),
        ]
    );
    assert_eq!(
        caller
            .get("/__emulator/journal?method=get&path=/v1/users/*")
            .await
            .ok()["count"],
        2
    );
    assert_eq!(
        caller.get("/__emulator/journal?method=POST").await.ok()["count"],
        0
    );
    caller.delete("/__emulator/journal").await.ok();
    assert!(emulator.journal("GET", "/**").is_empty());
}

#[tokio::test]
async fn the_journal_holds_no_secret() {
    let (emulator, caller) = production().await;
    let made = caller
        .post("/v1/sign_in_tokens", json!({"user_id": service_user(&emulator)}))
        .await
        .ok();
    let ticket = made["token"].as_str().unwrap().to_owned();
    let native = Caller::native(&emulator.base_url());
    let in_query = native
        .clone()
        .with_query("__clerk_ticket", &ticket)
        .get("/v1/client")
        .await;
    let answer = native.redeem(&ticket).await;
    let proof = answer.client_token();
    let session = answer.ok()["response"]["created_session_id"]
        .as_str()
        .unwrap()
        .to_owned();
    in_query.ok();
    let minted = caller.poke(&format!("/v1/sessions/{session}/tokens")).await.ok();
    let journal = caller.get("/__emulator/journal").await.ok().to_string();
    let debug = format!("{emulator:?} {:?}", emulator.journal("GET", "/**"));
    for secret in [
        ticket.as_str(),
        &proof,
        "sk_live_emulator",
        minted["jwt"].as_str().unwrap(),
    ] {
        assert!(!journal.contains(secret) && !debug.contains(secret), "{secret}");
    }
    assert!(emulator.ticket(SERVICE_USER, Duration::from_mins(1)).is_ok());
}
