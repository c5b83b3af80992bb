//! Every object has the fields that Clerk's OpenAPI documents require of it, and no field that they do not have.
//!
//! The fixtures under `tests/fixtures/shapes` list both for the version 2026-05-12: a name with `!` is required.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::support::{Caller, SERVICE_USER, development, service_user};

/// Compares the fields of an object with a fixture.
#[track_caller]
pub(super) fn assert_shape(object: &Value, fixture: &str) {
    let found: BTreeSet<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    let known: BTreeSet<&str> = fixture.lines().map(|line| line.trim_end_matches('!')).collect();
    let required: BTreeSet<&str> = fixture
        .lines()
        .filter_map(|line| line.strip_suffix('!'))
        .collect();
    let missing: Vec<_> = required.difference(&found).collect();
    let unknown: Vec<_> = found.difference(&known).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "missing {missing:?}, unknown {unknown:?}: {object}"
    );
}

macro_rules! shape {
    ($name:literal) => {
        include_str!(concat!("../fixtures/shapes/", $name, ".txt"))
    };
}
pub(super) use shape;

#[tokio::test]
async fn backend_objects_have_the_documented_fields() {
    let (emulator, caller) = development().await;
    let id = service_user(&emulator);
    let body = json!({"email_address": ["voll@example.com"], "phone_number": ["+4915112345678"], "password": "lang genug!"});
    let user = caller.post("/v1/users", body).await.ok();
    assert_shape(&user, shape!("backend_user"));
    assert_shape(&user["email_addresses"][0], shape!("backend_email_address"));
    assert_shape(
        &user["email_addresses"][0]["verification"],
        shape!("backend_verification_admin"),
    );
    assert_shape(&user["phone_numbers"][0], shape!("backend_phone_number"));
    let session = caller.post("/v1/sessions", json!({"user_id": id})).await.ok();
    assert_shape(&session, shape!("backend_session"));
    let mint = format!("/v1/sessions/{}/tokens", session["id"].as_str().unwrap());
    assert_shape(&caller.poke(&mint).await.ok(), shape!("backend_token"));
    let ticket = caller
        .post("/v1/sign_in_tokens", json!({"user_id": id}))
        .await
        .ok();
    assert_shape(&ticket, shape!("backend_sign_in_token"));
    assert_shape(
        &caller.get("/v1/jwt_templates").await.ok()[0],
        shape!("backend_jwt_template"),
    );
    assert_shape(
        &caller.poke("/v1/testing_tokens").await.ok(),
        shape!("backend_testing_token"),
    );
    assert_shape(&caller.get("/v1/instance").await.ok(), shape!("backend_instance"));
    let machine = caller.post("/v1/machines", json!({"name": "aither"})).await.ok();
    let key = Caller::new(&emulator.base_url()).with_key(machine["secret_key"].as_str().unwrap());
    let token = key.post("/m2m_tokens", json!({})).await.body;
    assert_shape(&token, shape!("backend_m2m_token"));
    let path = format!("/v1/machines/{}", machine["id"].as_str().unwrap());
    assert_shape(&caller.get(&path).await.ok(), shape!("backend_machine"));
    let scope = caller
        .post(&format!("{path}/scopes"), json!({"to_machine_id": machine["id"]}))
        .await
        .ok();
    assert_shape(&scope, shape!("backend_machine_scope"));
    assert_shape(&caller.delete(&path).await.ok(), shape!("backend_deleted_object"));
}

#[tokio::test]
async fn frontend_objects_have_the_documented_fields() {
    let (emulator, _caller) = development().await;
    let native = Caller::native(&emulator.base_url());
    let ticket = emulator.ticket(SERVICE_USER, Duration::from_mins(5)).unwrap();
    let body = native.redeem(&ticket).await.ok();
    assert_shape(&body["response"], shape!("frontend_sign_in"));
    assert_shape(&body["client"], shape!("frontend_client"));
    let session = &body["client"]["sessions"][0];
    assert_shape(session, shape!("frontend_session"));
    assert_shape(&session["user"], shape!("frontend_user"));
    assert_shape(
        &session["user"]["email_addresses"][0],
        shape!("frontend_email_address"),
    );
    assert_shape(&session["public_user_data"], shape!("frontend_public_user_data"));
    let environment = native.get("/v1/environment").await.ok();
    assert_shape(&environment, shape!("frontend_environment"));
    assert_shape(&environment["auth_config"], shape!("frontend_auth_config"));
    assert_shape(&environment["display_config"], shape!("frontend_display_config"));
    let discovery = native.get("/.well-known/openid-configuration").await.ok();
    assert_shape(&discovery, shape!("frontend_openid_configuration"));
}

#[tokio::test]
async fn ids_have_clerks_form() {
    let (emulator, caller) = development().await;
    let id = service_user(&emulator);
    let session = caller.post("/v1/sessions", json!({"user_id": id})).await.ok();
    let ticket = caller
        .post("/v1/sign_in_tokens", json!({"user_id": id}))
        .await
        .ok();
    let template = caller.get("/v1/jwt_templates").await.ok()[0].clone();
    let user = caller.get(&format!("/v1/users/{id}")).await.ok();
    let table = [
        (&user["id"], "user_"),
        (&user["email_addresses"][0]["id"], "idn_"),
        (&session["id"], "sess_"),
        (&session["client_id"], "client_"),
        (&ticket["id"], "sit_"),
        (&template["id"], "jtmp_"),
        (&json!(emulator.kid()), "ins_"),
    ];
    for (id, prefix) in table {
        let rest = id
            .as_str()
            .unwrap()
            .strip_prefix(prefix)
            .unwrap_or_else(|| panic!("{id} has not {prefix}"));
        assert!(
            rest.len() == 27 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "{id}"
        );
    }
}
