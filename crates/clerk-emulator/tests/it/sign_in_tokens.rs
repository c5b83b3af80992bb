//! Tickets: made at the Backend API, used once at the Frontend API.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::{Caller, SERVICE_USER, production, service_user};

#[tokio::test]
async fn a_ticket_signs_in_once() {
    let (emulator, caller) = production().await;
    let made = caller
        .post("/v1/sign_in_tokens", json!({"user_id": service_user(&emulator)}))
        .await
        .ok();
    assert_eq!(
        (&made["object"], &made["status"]),
        (&json!("sign_in_token"), &json!("pending"))
    );
    let native = Caller::native(&emulator.base_url());
    let ticket = made["token"].as_str().unwrap();
    native.redeem(ticket).await.ok();
    native
        .redeem(ticket)
        .await
        .refused(400, "sign_in_token_already_used_code");
    let revoke = format!("/v1/sign_in_tokens/{}/revoke", made["id"].as_str().unwrap());
    let error = caller
        .poke(&revoke)
        .await
        .refused(400, "sign_in_token_cannot_be_revoked_code");
    assert_eq!(error["message"], "cannot revoke");
}

#[tokio::test]
async fn expired_revoked_and_unknown_tickets_are_refused() {
    let (emulator, caller) = production().await;
    let native = Caller::native(&emulator.base_url());
    let body = json!({"user_id": service_user(&emulator), "expires_in_seconds": 60});
    let made = caller.post("/v1/sign_in_tokens", body.clone()).await.ok();
    emulator.advance(Duration::from_mins(1));
    native
        .redeem(made["token"].as_str().unwrap())
        .await
        .refused(400, "ticket_expired_code");
    let made = caller.post("/v1/sign_in_tokens", body).await.ok();
    let revoke = format!("/v1/sign_in_tokens/{}/revoke", made["id"].as_str().unwrap());
    let revoked = caller.poke(&revoke).await.ok();
    assert_eq!(revoked["status"], "revoked");
    assert_eq!(
        revoked.get("token"),
        None,
        "the ticket is shown when it is made only"
    );
    native
        .redeem(made["token"].as_str().unwrap())
        .await
        .refused(400, "sign_in_token_revoked_code");
    native
        .redeem("not a ticket")
        .await
        .refused(400, "ticket_invalid_code");
    caller
        .poke("/v1/sign_in_tokens/sit_unknown/revoke")
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn making_a_ticket_needs_a_user_and_a_valid_lifetime() {
    let (emulator, caller) = production().await;
    let id = service_user(&emulator);
    let table = [
        (json!({}), 422, "form_param_missing"),
        (json!({"user_id": null}), 422, "form_param_nil"),
        (json!({"user_id": 7}), 400, "request_body_invalid"),
        (json!({"user_id": "user_unknown"}), 404, "resource_not_found"),
        (
            json!({"user_id": id, "expires_in_seconds": 0}),
            422,
            "form_param_value_invalid",
        ),
        (
            json!({"user_id": id, "expires_in_seconds": "60"}),
            400,
            "request_body_invalid",
        ),
        (json!({"user_id": id, "org_id": "org_1"}), 400, "not_emulated"),
    ];
    for (body, status, code) in table {
        caller
            .post("/v1/sign_in_tokens", body)
            .await
            .refused(status, code);
    }
    caller
        .post(
            "/v1/sign_in_tokens",
            json!({"user_id": id, "expires_in_seconds": null, "org_id": null, "further": "key"}),
        )
        .await
        .ok();
}

#[tokio::test]
async fn banned_and_locked_users_are_refused_and_their_ticket_stays_valid() {
    let (emulator, _caller) = production().await;
    let native = Caller::native(&emulator.base_url());
    let ticket = emulator.ticket(SERVICE_USER, Duration::from_mins(5)).unwrap();
    emulator.set_banned(SERVICE_USER, true).unwrap();
    native.redeem(&ticket).await.refused(403, "user_banned");
    emulator.set_banned(SERVICE_USER, false).unwrap();
    emulator.set_locked(SERVICE_USER, true).unwrap();
    native.redeem(&ticket).await.refused(403, "user_locked");
    emulator.set_locked(SERVICE_USER, false).unwrap();
    native.redeem(&ticket).await.ok();
    let ticket = emulator.ticket(SERVICE_USER, Duration::from_mins(5)).unwrap();
    emulator.delete_user(SERVICE_USER).unwrap();
    native.redeem(&ticket).await.refused(404, "resource_not_found");
}

#[tokio::test]
async fn a_second_factor_leaves_the_sign_in_incomplete() {
    let (emulator, caller) = production().await;
    let body = json!({"email_address": ["mfa@example.com"], "password": "lang genug!", "totp_secret": "JBSWY3DPEHPK3PXP"});
    let user = caller.post("/v1/users", body).await.ok();
    assert_eq!(user["two_factor_enabled"], true);
    let ticket = emulator
        .ticket("mfa@example.com", Duration::from_mins(5))
        .unwrap();
    let answer = Caller::native(&emulator.base_url()).redeem(&ticket).await.ok();
    assert_eq!(answer["response"]["status"], "needs_second_factor");
    assert_eq!(answer["response"]["created_session_id"], Value::Null);
    assert_eq!(
        answer["response"]["supported_second_factors"],
        json!([{"strategy": "totp"}])
    );
    assert_eq!(answer["client"]["sessions"], json!([]));
    assert_eq!(answer["client"]["sign_in"]["id"], answer["response"]["id"]);
}
