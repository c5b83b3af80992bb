//! The Frontend API as an app uses it: the proof travels in the `Authorization` header.

use std::time::Duration;

use clerk_emulator::{ClerkEmulator, SessionStatus};
use reqwest::header::{AUTHORIZATION, ORIGIN};
use serde_json::{Value, json};

use super::support::{Caller, Jwt, SERVICE_USER, production, service_user};

fn ticket(emulator: &ClerkEmulator) -> String {
    emulator.ticket(SERVICE_USER, Duration::from_mins(5)).unwrap()
}

/// Signs in, and gives the app with its proof and the session.
async fn sign_in(emulator: &ClerkEmulator) -> (Caller, String) {
    let native = Caller::native(&emulator.base_url());
    let answer = native.redeem(&ticket(emulator)).await;
    let app = native.with_client_token(&answer.client_token());
    (
        app,
        answer.ok()["response"]["created_session_id"]
            .as_str()
            .unwrap()
            .to_owned(),
    )
}

#[tokio::test]
async fn a_sign_in_brings_a_session_a_proof_and_a_first_token() {
    let (emulator, caller) = production().await;
    let answer = Caller::native(&emulator.base_url())
        .redeem(&ticket(&emulator))
        .await;
    let proof = Jwt::parse(&answer.client_token());
    let body = answer.ok();
    assert_eq!(
        (&body["response"]["object"], &body["response"]["status"]),
        (&json!("sign_in_attempt"), &json!("complete"))
    );
    assert_eq!(body["response"]["identifier"], SERVICE_USER);
    let client = &body["client"];
    assert_eq!(proof.claims["id"], client["id"]);
    assert!(
        proof.claims["rotating_token"].is_string() && proof.header.get("cat").is_none(),
        "{proof:?}"
    );
    assert_eq!(client["sign_in"], Value::Null);
    let session = &client["sessions"][0];
    assert_eq!(session["id"], body["response"]["created_session_id"]);
    assert_eq!(client["last_active_session_id"], session["id"]);
    assert_eq!(session["user"]["id"], service_user(&emulator));
    assert_eq!(session["user"].get("private_metadata"), None);
    let token = Jwt::of(&session["last_active_token"]);
    assert_eq!(
        (&token.claims["sid"], token.claims.get("azp")),
        (&session["id"], None)
    );
    let path = format!("/v1/sessions/{}", session["id"].as_str().unwrap());
    let seen = caller.get(&path).await.ok();
    assert_eq!(
        (&seen["client_id"], &seen["status"]),
        (&client["id"], &json!("active"))
    );
    let user = caller
        .get(&format!("/v1/users/{}", service_user(&emulator)))
        .await
        .ok();
    assert_eq!(user["last_sign_in_at"], seen["created_at"]);
    assert_eq!(
        user["last_active_at"].as_i64().unwrap() % 86_400_000,
        0,
        "the day only"
    );
}

#[tokio::test]
async fn an_app_with_its_proof_reads_its_client_and_mints() {
    let (emulator, _caller) = production().await;
    let (app, session) = sign_in(&emulator).await;
    let client = app.get("/v1/client").await.ok();
    assert_eq!(
        (&client["response"]["sessions"][0]["id"], &client["client"]),
        (&json!(session), &Value::Null)
    );
    let path = format!("/v1/client/sessions/{session}");
    let minted = Jwt::of(
        &app.form(&format!("{path}/tokens"), &[("organization_id", "")])
            .await
            .ok(),
    );
    assert_eq!(
        (&minted.claims["sid"], minted.claims.get("azp")),
        (&json!(session), None)
    );
    let minted = Jwt::of(&app.poke(&format!("{path}/tokens/hemera-api")).await.ok());
    assert_eq!(
        (&minted.claims["role"], minted.claims.get("sid")),
        (&json!("api-client"), None)
    );
    app.poke(&format!("{path}/tokens/nope"))
        .await
        .refused(404, "resource_not_found");
    let touched = app
        .form(&format!("{path}/touch"), &[("intent", "focus")])
        .await
        .ok();
    assert_eq!(touched["response"]["id"], session);
    app.form(&format!("{path}/touch"), &[("intent", "dance")])
        .await
        .refused(422, "form_param_value_invalid");
    assert_eq!(app.get(&path).await.ok()["response"]["id"], session);
    let bearer = format!("Bearer {}", app.get("/v1/client").await.client_token());
    let with_scheme = Caller::native(&emulator.base_url()).with_header(AUTHORIZATION, &bearer);
    assert_eq!(
        with_scheme.get("/v1/client").await.ok()["response"]["id"],
        client["response"]["id"]
    );
}

#[tokio::test]
async fn without_a_proof_requests_are_refused_as_signed_out() {
    let (emulator, _caller) = production().await;
    let (_app, session) = sign_in(&emulator).await;
    let nobody = Caller::native(&emulator.base_url());
    assert_eq!(
        nobody.get("/v1/client").await.ok(),
        json!({"response": null, "client": null})
    );
    for path in ["tokens", "tokens/hemera-api", "touch", "end", "remove"] {
        nobody
            .poke(&format!("/v1/client/sessions/{session}/{path}"))
            .await
            .refused(401, "signed_out");
    }
    nobody
        .delete("/v1/client/sessions")
        .await
        .refused(401, "signed_out");
    let (stranger, _) = sign_in(&emulator).await;
    let foreign = stranger
        .poke(&format!("/v1/client/sessions/{session}/tokens"))
        .await;
    foreign.refused(404, "resource_not_found");
    let forged = nobody.with_client_token("eyJhbGciOiJub25lIn0.eyJpZCI6ImNsaWVudF8xIn0.");
    forged
        .poke(&format!("/v1/client/sessions/{session}/tokens"))
        .await
        .refused(401, "signed_out");
}

#[tokio::test]
async fn a_client_holds_one_session_unless_the_instance_allows_more() {
    let (emulator, _caller) = production().await;
    let (app, session) = sign_in(&emulator).await;
    let second = ticket(&emulator);
    let error = app.redeem(&second).await.refused(400, "session_exists");
    assert_eq!(error["meta"]["session_id"], session);
    emulator.change_settings(|settings| settings.single_session = false);
    let answer = app.redeem(&second).await.ok();
    assert_eq!(
        answer["client"]["sessions"].as_array().unwrap().len(),
        2,
        "the refusal did not use the ticket up"
    );
}

#[tokio::test]
async fn ended_and_removed_sessions_mint_no_more() {
    let (emulator, caller) = production().await;
    for (ending, shown) in [("end", 1), ("remove", 0)] {
        let (app, session) = sign_in(&emulator).await;
        let path = format!("/v1/client/sessions/{session}");
        let over = app.poke(&format!("{path}/{ending}")).await.ok();
        assert_eq!(
            over["client"]["sessions"].as_array().unwrap().len(),
            shown,
            "{ending}"
        );
        assert_eq!(over["client"]["last_active_session_id"], Value::Null);
        assert_eq!(over["response"]["last_active_token"], Value::Null);
        let status = if ending == "end" { "ended" } else { "removed" };
        assert_eq!(
            caller.get(&format!("/v1/sessions/{session}")).await.ok()["status"],
            status
        );
        assert!(matches!(
            app.poke(&format!("{path}/tokens")).await.status,
            401 | 404
        ));
    }
    let (app, session) = sign_in(&emulator).await;
    emulator
        .set_session_status(&session, SessionStatus::Revoked)
        .unwrap();
    app.poke(&format!("/v1/client/sessions/{session}/tokens"))
        .await
        .refused(401, "signed_out");
    let (app, session) = sign_in(&emulator).await;
    emulator.advance(Duration::from_hours(7 * 24));
    app.poke(&format!("/v1/client/sessions/{session}/tokens"))
        .await
        .refused(401, "signed_out");
}

#[tokio::test]
async fn a_client_can_be_made_emptied_and_forgotten() {
    let (emulator, _caller) = production().await;
    let native = Caller::native(&emulator.base_url());
    let made = native.poke("/v1/client").await;
    let app = native.with_client_token(&made.client_token());
    assert_eq!(made.ok()["response"]["sessions"], json!([]));
    let signed_in = app.redeem(&ticket(&emulator)).await;
    let app = app.with_client_token(&signed_in.client_token());
    let emptied = app.delete("/v1/client/sessions").await.ok();
    assert_eq!(emptied["response"]["sessions"], json!([]));
    let forgotten = app.delete("/v1/client").await;
    assert_eq!(
        forgotten.client_token(),
        "",
        "an empty proof means that it is cleared"
    );
    assert_eq!(app.get("/v1/client").await.ok()["response"], Value::Null);
    app.delete("/v1/client").await.refused(404, "resource_not_found");
}

#[tokio::test]
async fn a_new_proof_ends_the_one_before_it() {
    let (emulator, _caller) = production().await;
    emulator.change_settings(|settings| settings.rotate_client_tokens = true);
    let (first, session) = sign_in(&emulator).await;
    let path = format!("/v1/client/sessions/{session}/tokens");
    let minted = first.poke(&path).await;
    let second = first.clone().with_client_token(&minted.client_token());
    minted.ok();
    first.poke(&path).await.refused(401, "signed_out");
    second.poke(&path).await.ok();
}

#[tokio::test]
async fn native_mode_can_be_switched_off_and_refuses_an_origin() {
    let (emulator, caller) = production().await;
    let native = Caller::native(&emulator.base_url());
    let both = native
        .clone()
        .with_client_token("x")
        .with_header(ORIGIN, "https://hemera-academy.com");
    both.get("/v1/client")
        .await
        .refused(400, "origin_authorization_headers_conflict");
    let neither = Caller::new(&emulator.base_url());
    neither
        .get("/v1/client")
        .await
        .refused(400, "request_header_missing");
    let change = json!({"native_api": false});
    caller
        .send(reqwest::Method::PATCH, "/__emulator/settings", change)
        .await
        .ok();
    native
        .redeem(&ticket(&emulator))
        .await
        .refused(400, "native_api_disabled");
    let environment = neither.get("/v1/environment").await.ok();
    assert_eq!(
        environment["auth_config"]["native_settings"]["api_enabled"],
        false
    );
}

#[tokio::test]
async fn sign_ins_take_forms_with_tickets_only() {
    let (emulator, _caller) = production().await;
    let native = Caller::native(&emulator.base_url());
    let path = "/v1/client/sign_ins";
    native
        .post(path, json!({"strategy": "ticket"}))
        .await
        .refused(415, "unsupported_content_type");
    native.poke(path).await.refused(422, "form_param_missing");
    native
        .form(path, &[("strategy", "ticket")])
        .await
        .refused(422, "form_param_missing");
    native
        .form(path, &[("strategy", "password")])
        .await
        .refused(400, "not_emulated");
    native
        .form(
            path,
            &[("strategy", "ticket"), ("ticket", "x"), ("colour", "red")],
        )
        .await
        .refused(422, "form_param_unknown");
}
