//! JWT templates: keeping them, and what their shortcodes become.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Caller, Jwt, development, service_user};

async fn mint(caller: &Caller, user: &str, template: &str) -> Value {
    let session = caller.post("/v1/sessions", json!({"user_id": user})).await.ok();
    caller
        .poke(&format!(
            "/v1/sessions/{}/tokens/{template}",
            session["id"].as_str().unwrap()
        ))
        .await
        .ok()
}

#[tokio::test]
async fn templates_are_made_changed_listed_and_deleted() {
    let (emulator, caller) = development().await;
    let made = caller
        .post(
            "/v1/jwt_templates",
            json!({"name": "other", "claims": {"aud": ["a", "b"]}}),
        )
        .await
        .ok();
    assert_eq!(
        (&made["lifetime"], &made["allowed_clock_skew"]),
        (&json!(60), &json!(5))
    );
    assert_eq!(
        (&made["custom_signing_key"], &made["signing_algorithm"]),
        (&json!(false), &json!("RS256"))
    );
    let path = format!("/v1/jwt_templates/{}", made["id"].as_str().unwrap());
    assert_eq!(caller.get(&path).await.ok(), made);
    caller
        .send(Method::PATCH, &path, json!({"name": "other"}))
        .await
        .refused(422, "form_param_missing");
    let body = json!({"name": "renamed", "claims": {"x": {"y": [1, true, null]}}, "lifetime": 120, "allowed_clock_skew": 0});
    let changed = caller.send(Method::PATCH, &path, body).await.ok();
    assert_eq!(
        (&changed["name"], &changed["lifetime"]),
        (&json!("renamed"), &json!(120))
    );
    let token = Jwt::of(&mint(&caller, &service_user(&emulator), "renamed").await);
    assert_eq!(
        (token.lifetime(), &token.claims["x"]),
        (120, &json!({"y": [1, true, null]}))
    );
    assert_eq!(token.claims["nbf"], token.claims["iat"]);
    assert_eq!(
        caller
            .get("/v1/jwt_templates")
            .await
            .ok()
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let page = caller.get("/v1/jwt_templates?paginated=true&limit=1").await.ok();
    assert_eq!(
        (page["data"].as_array().unwrap().len(), &page["total_count"]),
        (1, &json!(2))
    );
    let gone = caller.delete(&path).await.ok();
    assert_eq!(
        gone,
        json!({"object": "jwt_template", "id": made["id"], "deleted": true})
    );
    caller.get(&path).await.refused(404, "resource_not_found");
    caller.delete(&path).await.refused(404, "resource_not_found");
}

#[tokio::test]
async fn invalid_templates_are_refused() {
    let (_emulator, caller) = development().await;
    for claim in [
        "azp", "exp", "iat", "iss", "jti", "nbf", "sub", "sid", "v", "pla", "fea",
    ] {
        let body = json!({"name": "x", "claims": {claim: "y"}});
        let refused = caller.post("/v1/jwt_templates", body).await;
        let error = refused.refused(400, "jwt_template_reserved_claim");
        assert_eq!(
            (&error["message"], &error["meta"]["param_name"]),
            (&json!("reserved claim used"), &json!("claims"))
        );
    }
    let table = [
        (json!({"claims": {}}), "form_param_missing"),
        (json!({"name": "x"}), "form_param_missing"),
        (json!({"name": "", "claims": {}}), "form_param_format_invalid"),
        (json!({"name": "a/b", "claims": {}}), "form_param_format_invalid"),
        (
            json!({"name": "x", "claims": {}, "lifetime": 29}),
            "form_param_value_invalid",
        ),
        (
            json!({"name": "x", "claims": {}, "lifetime": 315_360_001}),
            "form_param_value_invalid",
        ),
        (
            json!({"name": "x", "claims": {}, "allowed_clock_skew": 301}),
            "form_param_value_invalid",
        ),
        (
            json!({"name": "hemera-api", "claims": {}}),
            "form_identifier_exists",
        ),
        (
            json!({"name": "x", "claims": {}, "custom_signing_key": true}),
            "form_param_missing",
        ),
        (
            json!({"name": "x", "claims": {}, "custom_signing_key": true, "signing_algorithm": "XX", "signing_key": "k"}),
            "form_param_value_invalid",
        ),
    ];
    for (body, code) in table {
        caller.post("/v1/jwt_templates", body).await.refused(422, code);
    }
    caller
        .post("/v1/jwt_templates", json!({"name": "x", "claims": []}))
        .await
        .refused(400, "request_body_invalid");
    caller
        .post(
            "/v1/jwt_templates",
            json!({"name": "x", "claims": {}, "lifetime": null, "signing_key": null, "further": "key"}),
        )
        .await
        .ok();
}

#[tokio::test]
async fn shortcodes_stand_for_what_is_known_of_the_user() {
    let (emulator, caller) = development().await;
    let id = service_user(&emulator);
    let claims = json!({
        "id": "{{user.id}}", "mail": "{{user.primary_email_address}}", "verified": "{{user.email_verified}}",
        "full": "{{user.full_name}}", "hello": "Hallo {{user.first_name}}, {{user.username}}!",
        "public": "{{user.public_metadata}}", "deep": "{{user.public_metadata.service.name || 'none'}}",
        "private": "{{user.private_metadata}}", "private_deep": "{{user.private_metadata.x}}",
        "org": "{{org.slug}}", "since": "{{user.created_at}}", "mfa": "{{user.two_factor_enabled}}",
        "nested": {"list": ["{{user.last_name}}", 7]},
    });
    caller
        .post("/v1/jwt_templates", json!({"name": "all", "claims": claims}))
        .await
        .ok();
    let private = json!({"private_metadata": {"x": "secret"}});
    let user = caller
        .send(Method::PATCH, &format!("/v1/users/{id}/metadata"), private)
        .await
        .ok();
    let token = Jwt::of(&mint(&caller, &id, "all").await).claims;
    let expected = [
        ("id", json!(id)),
        ("mail", json!("aither-service@hemera-academy.com")),
        ("verified", json!(true)),
        ("full", json!("Aither Service")),
        ("hello", json!("Hallo Aither, null!")),
        ("public", json!({"role": "api-client", "service": "aither"})),
        ("deep", json!("none")),
        ("private", Value::Null),
        ("private_deep", Value::Null),
        ("org", Value::Null),
        ("since", json!(user["created_at"].as_i64().unwrap() / 1000)),
        ("mfa", json!(false)),
        ("nested", json!({"list": ["Service", 7]})),
    ];
    for (claim, value) in expected {
        assert_eq!(token[claim], value, "{claim}");
    }
    assert!(
        !token.to_string().contains("secret"),
        "private metadata never reaches a token"
    );
}

#[tokio::test]
async fn a_template_may_sign_with_a_secret_of_its_own() {
    let (emulator, caller) = development().await;
    let body = json!({
        "name": "hasura", "claims": {"a": 1}, "custom_signing_key": true,
        "signing_algorithm": "HS256", "signing_key": "a-shared-secret",
    });
    let made = caller.post("/v1/jwt_templates", body).await.ok();
    assert_eq!(
        (&made["custom_signing_key"], &made["signing_algorithm"]),
        (&json!(true), &json!("HS256"))
    );
    assert_eq!(made.get("signing_key"), None);
    let minted = mint(&caller, &service_user(&emulator), "hasura").await;
    let text = minted["jwt"].as_str().unwrap();
    let (input, signature) = text.rsplit_once('.').unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"a-shared-secret");
    hmac::verify(
        &key,
        input.as_bytes(),
        &URL_SAFE_NO_PAD.decode(signature).unwrap(),
    )
    .unwrap();
    assert_eq!(Jwt::parse(text).header["alg"], "HS256");
    let path = format!("/v1/jwt_templates/{}", made["id"].as_str().unwrap());
    let kept =
        json!({"name": "hasura", "claims": {}, "custom_signing_key": true, "signing_algorithm": "HS256"});
    caller.send(Method::PATCH, &path, kept).await.ok();
    let back = json!({"name": "hasura", "claims": {}});
    assert_eq!(
        caller.send(Method::PATCH, &path, back).await.ok()["signing_algorithm"],
        "RS256"
    );
}
