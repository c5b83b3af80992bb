//! Who may call the Backend API, and in which version.

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use serde_json::json;

use super::support::{Answer, Caller, development, production};

#[tokio::test]
async fn the_backend_api_takes_the_secret_key_only() {
    let (emulator, caller) = production().await;
    let anyone = Caller::new(&emulator.base_url());
    let table = [
        (None, "authentication_invalid"),
        (Some("sk_live_emulator"), "authorization_header_format_invalid"),
        (
            Some("Basic c2tfbGl2ZV9lbXVsYXRvcg=="),
            "authorization_header_format_invalid",
        ),
        (Some("Bearer "), "authorization_header_format_invalid"),
        (Some("Bearer sk_test_emulator"), "clerk_key_invalid"),
        (Some("Bearer sk_live_other"), "clerk_key_invalid"),
    ];
    for (header, code) in table {
        let sender = header.map_or(anyone.clone(), |value| {
            anyone.clone().with_header(AUTHORIZATION, value)
        });
        for path in [
            "/v1/users",
            "/v1/jwks",
            "/v1/jwt_templates",
            "/v1/machines",
            "/m2m_tokens?subject=x",
        ] {
            sender.get(path).await.refused(401, code);
        }
    }
    caller.get("/v1/users").await.ok();
    caller
        .clone()
        .with_header(AUTHORIZATION, "bearer sk_live_emulator")
        .get("/v1/users")
        .await
        .ok();
}

#[tokio::test]
async fn every_known_version_is_taken_and_no_other() {
    let (_emulator, caller) = development().await;
    let header = HeaderName::from_static("clerk-api-version");
    for version in [
        "2021-02-05",
        "2024-10-01",
        "2025-04-10",
        "2025-11-10",
        "2026-05-12",
    ] {
        caller
            .clone()
            .with_header(header.clone(), version)
            .get("/v1/users")
            .await
            .ok();
        caller
            .clone()
            .with_query("__clerk_api_version", version)
            .get("/v1/users")
            .await
            .ok();
    }
    let unknown = caller.clone().with_header(header.clone(), "2031-01-01");
    unknown
        .get("/v1/users")
        .await
        .refused(400, "malformed_request_parameters");
    let both = caller
        .with_header(header, "2026-05-12")
        .with_query("__clerk_api_version", "2026-05-12");
    both.get("/v1/users")
        .await
        .refused(400, "malformed_request_parameters");
}

#[tokio::test]
async fn bodies_are_json_objects_or_empty() {
    let (_emulator, caller) = development().await;
    let send = |media_type: &'static str, body: &'static str| {
        let request = caller
            .request(Method::POST, "/v1/sign_in_tokens")
            .header(CONTENT_TYPE, media_type);
        Answer::read(request.body(body))
    };
    send("application/json", "{")
        .await
        .refused(400, "request_body_invalid");
    send("application/json", "[]")
        .await
        .refused(400, "request_body_invalid");
    send("text/plain", "{}")
        .await
        .refused(415, "unsupported_content_type");
    send("application/json", "")
        .await
        .refused(422, "form_param_missing");
    send("application/json; charset=utf-8", "{}")
        .await
        .refused(422, "form_param_missing");
    let large = json!({"user_id": "x".repeat(3 * 1024 * 1024)});
    caller
        .post("/v1/sign_in_tokens", large)
        .await
        .refused(413, "request_body_too_large");
}

#[tokio::test]
async fn unknown_routes_and_methods_answer_in_the_same_shape() {
    let (_emulator, caller) = development().await;
    caller
        .get("/v1/organizations")
        .await
        .refused(404, "resource_not_found");
    caller.delete("/v1/jwks").await.refused(405, "method_not_allowed");
}
