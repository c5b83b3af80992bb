//! Banning and locking users.

use serde_json::json;

use super::support::{SERVICE_USER, development, service_user};

#[tokio::test]
async fn banning_revokes_sessions_and_locking_does_not() {
    let (emulator, caller) = development().await;
    let id = service_user(&emulator);
    let session = caller.post("/v1/sessions", json!({"user_id": id})).await.ok();
    let session_path = format!("/v1/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(
        caller.poke(&format!("/v1/users/{id}/lock")).await.ok()["locked"],
        true
    );
    assert_eq!(caller.get(&session_path).await.ok()["status"], "active");
    assert_eq!(
        caller.poke(&format!("/v1/users/{id}/unlock")).await.ok()["locked"],
        false
    );
    assert_eq!(
        caller.poke(&format!("/v1/users/{id}/ban")).await.ok()["banned"],
        true
    );
    assert_eq!(caller.get(&session_path).await.ok()["status"], "revoked");
    let banned = caller.get("/v1/users?banned=true").await.ok();
    assert_eq!(banned.as_array().unwrap().len(), 1);
    assert_eq!(banned[0]["email_addresses"][0]["email_address"], SERVICE_USER);
    assert_eq!(
        caller.poke(&format!("/v1/users/{id}/unban")).await.ok()["banned"],
        false
    );
    assert_eq!(
        caller.get(&session_path).await.ok()["status"],
        "revoked",
        "unbanning brings no session back"
    );
    let many = caller.post("/v1/users/ban", json!({"user_ids": [id]})).await.ok();
    assert_eq!(many[0]["banned"], true);
    let none = caller
        .post("/v1/users/unban", json!({"user_ids": [id, "user_unknown"]}))
        .await;
    none.refused(400, "bad_request");
    assert_eq!(
        caller.get(&format!("/v1/users/{id}")).await.ok()["banned"],
        true,
        "all or none"
    );
    let many = caller
        .post("/v1/users/unban", json!({"user_ids": [id]}))
        .await
        .ok();
    assert_eq!(many[0]["banned"], false);
    caller
        .post("/v1/users/ban", json!({"user_ids": []}))
        .await
        .refused(400, "bulk_size_exceeded");
    caller
        .post("/v1/users/ban", json!({}))
        .await
        .refused(400, "bad_request");
}
