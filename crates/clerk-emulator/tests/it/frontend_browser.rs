//! The Frontend API as a page uses it: `Origin`, cookies, and a dev browser on development instances.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::ORIGIN;
use serde_json::{Value, json};

use super::support::{Caller, Jwt, SERVICE_USER, development, production};

const PAGE: &str = "https://www.hemera-academy.com";

#[tokio::test]
async fn a_page_of_the_domain_signs_in_by_cookie_and_its_tokens_name_it() {
    let (emulator, _caller) = production().await;
    emulator.change_settings(|settings| settings.native_api = false);
    let ticket = emulator.ticket(SERVICE_USER, Duration::from_mins(5)).unwrap();
    let page = Caller::browser(&emulator.base_url(), PAGE);
    let answer = page.redeem(&ticket).await;
    assert!(
        answer.headers.get("authorization").is_none(),
        "{:?}",
        answer.headers
    );
    let page = page.with_cookie(&format!("theme=dark; {}", answer.client_cookie()));
    let body = answer.ok();
    let session = body["response"]["created_session_id"].as_str().unwrap();
    assert_eq!(
        Jwt::of(&body["client"]["sessions"][0]["last_active_token"]).claims["azp"],
        PAGE
    );
    for path in ["tokens", "tokens/hemera-api"] {
        let token = Jwt::of(
            &page
                .poke(&format!("/v1/client/sessions/{session}/{path}"))
                .await
                .ok(),
        );
        assert_eq!(token.claims["azp"], PAGE, "{path}");
    }
    let tunnelled = page
        .clone()
        .with_query("_method", "DELETE")
        .poke("/v1/client")
        .await;
    assert_eq!(tunnelled.client_cookie(), "__client=");
    assert_eq!(page.get("/v1/client").await.ok()["response"], Value::Null);
}

#[tokio::test]
async fn in_production_a_page_must_be_of_the_domain() {
    let (emulator, _caller) = production().await;
    let base = emulator.base_url();
    let table = [
        ("https://hemera-academy.com", true),
        ("https://clerk.hemera-academy.com", true),
        ("https://hemera-academy.com.evil.example", false),
        ("https://evilhemera-academy.com", false),
        ("https://example.com", false),
        ("null", false),
        ("", false),
    ];
    for (origin, taken) in table {
        let answer = Caller::browser(&base, origin).get("/v1/client").await;
        if taken {
            answer.ok();
        } else {
            answer.refused(400, "origin_invalid");
        }
    }
    let page = Caller::browser(&base, PAGE);
    let twice = page
        .request(reqwest::Method::GET, "/v1/client")
        .header(ORIGIN, PAGE);
    super::support::Answer::read(twice)
        .await
        .refused(400, "multiple_origin_header_values_forbidden");
    page.poke("/v1/dev_browser")
        .await
        .refused(400, "request_invalid_for_environment");
}

#[tokio::test]
async fn on_a_development_instance_a_page_needs_a_dev_browser() {
    let (emulator, _caller) = development().await;
    let ticket = emulator.ticket(SERVICE_USER, Duration::from_mins(5)).unwrap();
    let page = Caller::browser(&emulator.base_url(), "http://localhost:3000");
    page.redeem(&ticket)
        .await
        .refused(401, "dev_browser_unauthenticated");
    page.clone()
        .with_query("__clerk_db_jwt", "dvb_unknown")
        .redeem(&ticket)
        .await
        .refused(401, "dev_browser_unauthenticated");
    let made = page.poke("/v1/dev_browser").await.ok();
    assert_eq!(made["id"], made["token"]);
    let dev_browser = made["token"].as_str().unwrap();
    let page = page.with_query("__clerk_db_jwt", dev_browser);
    let answer = page.redeem(&ticket).await;
    assert_eq!(answer.header("clerk-db-jwt"), dev_browser);
    let session = answer.ok()["response"]["created_session_id"].clone();
    let client = page.get("/v1/client").await.ok();
    assert_eq!(
        client["response"]["sessions"][0]["id"], session,
        "the dev browser stands for the cookie"
    );
    let legacy = Caller::browser(&emulator.base_url(), "http://localhost:3000")
        .with_query("__dev_session", dev_browser);
    assert_eq!(
        legacy.get("/v1/client").await.ok()["response"]["id"],
        client["response"]["id"]
    );
}

#[tokio::test]
async fn the_public_documents_need_no_proof() {
    let (emulator, caller) = production().await;
    let anyone = Caller::new(&emulator.base_url());
    let published = anyone.get("/.well-known/jwks.json").await.ok();
    assert_eq!(published, caller.get("/v1/jwks").await.ok());
    let discovery = anyone.get("/.well-known/openid-configuration").await.ok();
    assert_eq!(discovery["issuer"], emulator.base_url());
    let environment = anyone.get("/v1/environment").await.ok();
    assert_eq!(
        environment["display_config"]["instance_environment_type"],
        "production"
    );
    let instance = caller.get("/v1/instance").await.ok();
    assert_eq!(
        (&instance["id"], &instance["environment_type"]),
        (&json!(emulator.kid()), &json!("production"))
    );
    let testing = caller.poke("/v1/testing_tokens").await.ok();
    assert!(testing["token"].as_str().unwrap().contains("-c_"), "{testing}");
}

#[tokio::test]
async fn a_page_reads_the_environment_by_patch_with_its_origin() {
    let (emulator, _caller) = production().await;
    let base = emulator.base_url();
    let anyone = Caller::new(&base);
    let environment = anyone.get("/v1/environment").await.ok();
    let page = Caller::browser(&base, PAGE);
    let patched = page.send(Method::PATCH, "/v1/environment", json!({})).await;
    assert_eq!(patched.ok(), environment);
    let tunnelled = page.with_query("_method", "PATCH");
    assert_eq!(tunnelled.poke("/v1/environment").await.ok(), environment);
    let patch = anyone.send(Method::PATCH, "/v1/environment", json!({})).await;
    patch.refused(400, "request_header_missing");
    let foreign = Caller::browser(&base, "https://example.com");
    let patch = foreign.send(Method::PATCH, "/v1/environment", json!({})).await;
    patch.refused(400, "origin_invalid");
}

#[tokio::test]
async fn a_sign_in_of_the_browser_sdk_may_name_its_time_zone() {
    let (emulator, _caller) = production().await;
    let ticket = emulator.ticket(SERVICE_USER, Duration::from_mins(5)).unwrap();
    let form = [
        ("strategy", "ticket"),
        ("ticket", ticket.as_str()),
        ("locale", "de-DE"),
        ("timezone", "Europe/Berlin"),
    ];
    let page = Caller::browser(&emulator.base_url(), PAGE);
    page.form("/v1/client/sign_ins", &form).await.ok();
}
