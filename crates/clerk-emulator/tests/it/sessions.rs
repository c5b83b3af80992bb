//! Sessions at the Backend API.

use std::time::Duration;

use clerk_emulator::SessionStatus;
use serde_json::json;

use super::support::{SERVICE_USER, development, production, service_user};

#[tokio::test]
async fn production_refuses_to_create_sessions() {
    let (emulator, caller) = production().await;
    let body = json!({"user_id": service_user(&emulator)});
    let error = caller
        .post("/v1/sessions", body)
        .await
        .refused(400, "request_invalid_for_environment");
    assert_eq!(
        (&error["message"], &error["long_message"]),
        (
            &json!("Invalid request for environment"),
            &json!("Request only valid for development instances.")
        )
    );
}

#[tokio::test]
async fn development_creates_them_lists_them_and_revokes_them() {
    let (emulator, caller) = development().await;
    let id = service_user(&emulator);
    caller
        .post("/v1/sessions", json!({"user_id": "user_unknown"}))
        .await
        .refused(404, "resource_not_found");
    let first = caller.post("/v1/sessions", json!({"user_id": id})).await.ok();
    emulator.advance(Duration::from_secs(1));
    let second = caller.post("/v1/sessions", json!({"user_id": id})).await.ok();
    assert_eq!(
        first["expire_at"].as_i64().unwrap() - first["created_at"].as_i64().unwrap(),
        604_800_000
    );
    let list = caller.get(&format!("/v1/sessions?user_id={id}")).await.ok();
    assert_eq!(
        (&list[0]["id"], &list[1]["id"]),
        (&second["id"], &first["id"]),
        "newest first"
    );
    let revoke = format!("/v1/sessions/{}/revoke", first["id"].as_str().unwrap());
    assert_eq!(caller.poke(&revoke).await.ok()["status"], "revoked");
    let page = caller
        .get(&format!(
            "/v1/sessions?user_id={id}&status=active&paginated=true&limit=5"
        ))
        .await
        .ok();
    assert_eq!(
        (&page["total_count"], &page["data"][0]["id"]),
        (&json!(1), &second["id"])
    );
    let by_client = format!("/v1/sessions?client_id={}", first["client_id"].as_str().unwrap());
    assert_eq!(caller.get(&by_client).await.ok()[0]["id"], first["id"]);
    caller
        .get("/v1/sessions")
        .await
        .refused(400, "missing_query_parameter");
    caller
        .get(&format!("/v1/sessions?user_id={id}&status=lost"))
        .await
        .refused(422, "form_param_value_invalid");
    caller
        .poke("/v1/sessions/sess_unknown/revoke")
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn a_session_that_is_over_mints_nothing() {
    let (emulator, caller) = development().await;
    let id = service_user(&emulator);
    for ending in ["revoked", "expired", "ended", "forgotten"] {
        let session = caller.post("/v1/sessions", json!({"user_id": id})).await.ok();
        let session = session["id"].as_str().unwrap().to_owned();
        caller.poke(&format!("/v1/sessions/{session}/tokens")).await.ok();
        match ending {
            "revoked" => drop(caller.poke(&format!("/v1/sessions/{session}/revoke")).await.ok()),
            "expired" => emulator.advance(Duration::from_hours(7 * 24)),
            "ended" => emulator
                .set_session_status(&session, SessionStatus::Ended)
                .unwrap(),
            _ => drop(
                caller
                    .delete(&format!("/__emulator/sessions/{session}"))
                    .await
                    .ok(),
            ),
        }
        caller
            .poke(&format!("/v1/sessions/{session}/tokens"))
            .await
            .refused(404, "resource_not_found");
        let from_template = format!("/v1/sessions/{session}/tokens/hemera-api");
        caller
            .poke(&from_template)
            .await
            .refused(404, "resource_not_found");
        if ending != "forgotten" {
            assert_eq!(
                caller.get(&format!("/v1/sessions/{session}")).await.ok()["status"],
                ending
            );
        }
    }
    emulator
        .end_sessions_of(SERVICE_USER, SessionStatus::Replaced)
        .unwrap();
}
