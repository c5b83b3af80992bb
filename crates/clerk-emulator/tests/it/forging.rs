//! Odd tokens.

use std::time::Duration;

use clerk_emulator::{Damage, Forgery, SignWith};
use serde_json::{Value, json};

use super::support::{Jwt, SERVICE_USER, production};

#[tokio::test]
async fn a_forgery_without_oddities_is_a_good_token() {
    let (emulator, caller) = production().await;
    let jwks = caller.get("/v1/jwks").await.ok();
    for forgery in [
        Forgery::session(SERVICE_USER),
        Forgery::template(SERVICE_USER, "hemera-api"),
    ] {
        assert!(
            Jwt::parse(&emulator.forge(&forgery).unwrap()).is_signed_by(&jwks),
            "{forgery:?}"
        );
    }
    let body = json!({"base": "session", "user": SERVICE_USER});
    let first = Jwt::of(&caller.post("/__emulator/forge", body.clone()).await.ok());
    let second = Jwt::of(&caller.post("/__emulator/forge", body).await.ok());
    assert_eq!(
        first.claims["sid"], second.claims["sid"],
        "a live session is used again"
    );
}

#[tokio::test]
async fn every_field_can_be_set_removed_and_replaced() {
    let (emulator, caller) = production().await;
    let jwks = caller.get("/v1/jwks").await.ok();
    let forgery = Forgery::template(SERVICE_USER, "hemera-api")
        .with_claim("iss", "https://clerk.example.com")
        .without_claim("aud")
        .with_header("jku", "https://evil.example")
        .without_header("typ");
    let token = Jwt::parse(&emulator.forge(&forgery).unwrap());
    assert_eq!(
        (&token.claims["iss"], token.claims.get("aud")),
        (&json!("https://clerk.example.com"), None)
    );
    assert_eq!(
        (&token.header["jku"], token.header.get("typ")),
        (&json!("https://evil.example"), None)
    );
    assert!(token.is_signed_by(&jwks), "what is odd is signed too");
    let raw = r#"{"sub":"a","sub":"b","exp":null}"#;
    let text = emulator.forge(&forgery.clone().with_raw_claims(raw)).unwrap();
    assert!(
        text.contains(&base64_url(raw)),
        "the text as it is, duplicates and nulls included"
    );
    let text = emulator.forge(&forgery.with_raw_header("{")).unwrap();
    assert!(text.starts_with(&base64_url("{")));
    let aged = Forgery::session(SERVICE_USER).aged(Duration::from_hours(1));
    let ahead = Forgery::session(SERVICE_USER).ahead(Duration::from_hours(1));
    let (aged, ahead) = (
        Jwt::parse(&emulator.forge(&aged).unwrap()),
        Jwt::parse(&emulator.forge(&ahead).unwrap()),
    );
    let between = ahead.claims["iat"].as_i64().unwrap() - aged.claims["iat"].as_i64().unwrap();
    assert!((7_200..7_210).contains(&between), "{between}");
}

#[tokio::test]
async fn every_signer_names_its_algorithm_and_only_the_instances_key_verifies() {
    let (emulator, caller) = production().await;
    let jwks = caller.get("/v1/jwks").await.ok();
    let table = [
        (SignWith::Instance, "RS256", true),
        (SignWith::Foreign, "RS256", false),
        (SignWith::Rs384, "RS384", false),
        (SignWith::Rs512, "RS512", false),
        (SignWith::Ps256, "PS256", false),
        (SignWith::Es256, "ES256", false),
        (SignWith::HmacPem, "HS256", false),
        (SignWith::HmacDer, "HS256", false),
        (SignWith::HmacModulus, "HS256", false),
        (SignWith::HmacJwk, "HS256", false),
        (SignWith::Nothing, "none", false),
    ];
    for (signer, algorithm, good) in table {
        let token = Jwt::parse(
            &emulator
                .forge(&Forgery::session(SERVICE_USER).signed_with(signer))
                .unwrap(),
        );
        assert_eq!(
            (&token.header["alg"], &token.header["kid"]),
            (&json!(algorithm), &json!(emulator.kid()))
        );
        assert_eq!(token.is_signed_by(&jwks), good, "{signer:?}");
        let named = Forgery::session(SERVICE_USER)
            .signed_with(signer)
            .with_header("alg", "RS256");
        let token = Jwt::parse(&emulator.forge(&named).unwrap());
        assert_eq!(token.is_signed_by(&jwks), good, "{signer:?} named RS256");
    }
    let rs512: Value = json!({"base": "session", "user": SERVICE_USER, "sign_with": "rs512"});
    assert_eq!(
        Jwt::of(&caller.post("/__emulator/forge", rs512).await.ok()).header["alg"],
        "RS512"
    );
}

#[tokio::test]
async fn every_damage_breaks_the_signature() {
    let (emulator, caller) = production().await;
    let jwks = caller.get("/v1/jwks").await.ok();
    let make = |damage| {
        emulator
            .forge(&Forgery::session(SERVICE_USER).damaged(damage))
            .unwrap()
    };
    for damage in [
        Damage::Truncated,
        Damage::Lengthened,
        Damage::Zeroed,
        Damage::Flipped,
        Damage::Emptied,
    ] {
        let text = make(damage);
        assert_eq!(text.matches('.').count(), 2);
        assert!(!Jwt::parse(&text).is_signed_by(&jwks), "{damage:?}");
    }
    assert!(make(Damage::Emptied).ends_with('.'));
    assert_eq!(make(Damage::Removed).matches('.').count(), 1);
}

#[tokio::test]
async fn invalid_forgeries_are_refused() {
    let (emulator, caller) = production().await;
    let table = [
        (json!({"base": "session"}), 400, "bad_request"),
        (
            json!({"base": "session", "user": "nobody@example.com"}),
            404,
            "resource_not_found",
        ),
        (
            json!({"base": "template", "user": SERVICE_USER, "template": "nope"}),
            404,
            "resource_not_found",
        ),
        (
            json!({"base": "machine", "machine": "nope"}),
            404,
            "resource_not_found",
        ),
        (json!({"sign_with": "previous"}), 400, "bad_request"),
        (json!({"claim": {}}), 400, "request_body_invalid"),
    ];
    for (body, status, code) in table {
        caller.post("/__emulator/forge", body).await.refused(status, code);
    }
    assert!(
        emulator
            .forge(&Forgery::session("nobody@example.com"))
            .unwrap_err()
            .to_string()
            .contains("nobody")
    );
}

fn base64_url(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}
