//! The key set, and changing keys.

use clerk_emulator::{Forgery, SignWith};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use super::support::{Caller, Jwt, SERVICE_USER, production};

fn kids(jwks: &Value) -> Vec<&str> {
    jwks["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["kid"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn the_key_is_rsa_2048_under_the_instance_id_and_has_a_pem() {
    let (emulator, caller) = production().await;
    let jwks = caller.get("/v1/jwks").await.ok();
    let key = &jwks["keys"][0];
    assert_eq!(
        (&key["kty"], &key["use"], &key["alg"]),
        (&json!("RSA"), &json!("sig"), &json!("RS256"))
    );
    assert_eq!(
        (&key["e"], key["n"].as_str().unwrap().len()),
        (&json!("AQAB"), 342)
    );
    assert_eq!(key["kid"], emulator.settings().id);
    let pem = emulator.jwt_key().unwrap();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    assert!(
        body.starts_with("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA") && body.ends_with("IDAQAB"),
        "{pem}"
    );
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&["hemera-api"]);
    let token = emulator
        .forge(&Forgery::template(SERVICE_USER, "hemera-api"))
        .unwrap();
    let key = DecodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap();
}

#[tokio::test]
async fn a_rotated_key_stays_published_until_it_is_withdrawn() {
    let (emulator, caller) = production().await;
    let forgery = Forgery::template(SERVICE_USER, "hemera-api");
    let old = Jwt::parse(&emulator.forge(&forgery).unwrap());
    let jwks = caller.poke("/__emulator/keys/rotate").await.ok();
    assert_eq!(kids(&jwks).len(), 2);
    assert_eq!(kids(&jwks)[0], emulator.kid());
    let new = Jwt::parse(&emulator.forge(&forgery).unwrap());
    assert_ne!(old.header["kid"], new.header["kid"]);
    assert!(old.is_signed_by(&jwks) && new.is_signed_by(&jwks));
    let previous = Jwt::parse(&emulator.forge(&forgery.signed_with(SignWith::Previous)).unwrap());
    assert_eq!(previous.header["kid"], old.header["kid"]);
    assert!(previous.is_signed_by(&jwks));
    let jwks = caller.delete("/__emulator/keys/previous").await.ok();
    assert!(!old.is_signed_by(&jwks) && new.is_signed_by(&jwks));
    assert_eq!(
        Caller::new(&emulator.base_url())
            .get("/.well-known/jwks.json")
            .await
            .ok(),
        jwks
    );
}

#[tokio::test]
async fn a_key_can_change_under_the_same_name() {
    let (emulator, caller) = production().await;
    let old = Jwt::parse(&emulator.forge(&Forgery::session(SERVICE_USER)).unwrap());
    let jwks = caller
        .post("/__emulator/keys/rotate", json!({"same_kid": true}))
        .await
        .ok();
    let new = Jwt::parse(&emulator.forge(&Forgery::session(SERVICE_USER)).unwrap());
    assert_eq!(
        (old.header["kid"].as_str().unwrap(), kids(&jwks).len()),
        (kids(&jwks)[0], 1)
    );
    assert!(!old.is_signed_by(&jwks) && new.is_signed_by(&jwks));
}
