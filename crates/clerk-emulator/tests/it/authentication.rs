//! Who may call the Backend API, and in which version.

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use serde_json::json;

use super::support::{Answer, Caller, development, production, service_user};

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

const VERSION: HeaderName = HeaderName::from_static("clerk-api-version");

#[tokio::test]
async fn known_and_later_versions_are_accepted() {
    let (_emulator, caller) = development().await;
    for version in [
        "2021-02-05",
        "2024-10-01",
        "2025-04-10",
        "2025-11-10",
        "2026-05-12",
        "2026-08-20",
        "2031-12-31",
    ] {
        let by_header = caller.clone().with_header(VERSION, version);
        by_header.get("/v1/users").await.ok();
        let by_query = caller.clone().with_query("__clerk_api_version", version);
        by_query.get("/v1/users").await.ok();
    }
}

#[tokio::test]
async fn malformed_earlier_and_doubled_versions_are_refused() {
    let (_emulator, caller) = development().await;
    for version in [
        "v1",
        "",
        "2031",
        "2031-1-1",
        "2031-02-30",
        "2031-01-01T00:00:00Z",
        "2020-01-01",
        "2025-01-01",
    ] {
        let asked = caller.clone().with_header(VERSION, version);
        let refused = asked.get("/v1/users").await;
        refused.refused(400, "malformed_request_parameters");
    }
    let both = caller
        .with_header(VERSION, "2026-05-12")
        .with_query("__clerk_api_version", "2026-05-12");
    both.get("/v1/users")
        .await
        .refused(400, "malformed_request_parameters");
}

#[tokio::test]
async fn a_request_without_a_version_counts_as_the_oldest() {
    let (emulator, caller) = development().await;
    let path = format!("/v1/users/{}", service_user(&emulator));
    let metadata = json!({"public_metadata": {"role": "admin"}});
    let update = async |caller: Caller| caller.send(Method::PATCH, &path, metadata.clone()).await;
    for older in [None, Some("2021-02-05"), Some("2025-11-10")] {
        let asked = older.map_or(caller.clone(), |version| {
            caller.clone().with_header(VERSION, version)
        });
        assert_eq!(
            update(asked).await.ok()["public_metadata"],
            json!({"role": "admin"})
        );
    }
    for newer in ["2026-05-12", "2026-08-20"] {
        let asked = caller.clone().with_header(VERSION, newer);
        update(asked).await.refused(422, "form_param_deprecated");
    }
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
    caller.get("/v1/organizations").await.refused(404, "not_emulated");
    caller.delete("/v1/jwks").await.refused(405, "method_not_allowed");
}
