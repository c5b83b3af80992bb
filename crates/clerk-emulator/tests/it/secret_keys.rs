//! Secret keys, added and deleted while the emulator runs.

use serde_json::json;

use super::support::{Caller, production};

#[tokio::test]
async fn a_further_key_is_accepted_and_a_deleted_one_refused() {
    let (emulator, first) = production().await;
    let made = first.poke("/__emulator/secret_keys").await.ok();
    let key = made["secret_key"].as_str().unwrap().to_owned();
    assert!(key.starts_with("sk_live_"), "{key}");
    let second = Caller::new(&emulator.base_url()).with_key(&key);
    first.get("/v1/instance").await.ok();
    second.get("/v1/instance").await.ok();

    let old = json!({ "secret_key": emulator.secret_key() });
    second
        .send(reqwest::Method::DELETE, "/__emulator/secret_keys", old.clone())
        .await
        .ok();
    assert_eq!(first.get("/v1/instance").await.status, 401);
    second.get("/v1/instance").await.ok();

    // The last one stays, and what is no key is refused.
    for gone in [json!({ "secret_key": key }), old.clone()] {
        let answer = second
            .send(reqwest::Method::DELETE, "/__emulator/secret_keys", gone)
            .await;
        assert_eq!(answer.status, 400, "{answer:?}");
    }
    second.post("/__emulator/secret_keys", old).await.ok();
    first.get("/v1/instance").await.ok();
}
