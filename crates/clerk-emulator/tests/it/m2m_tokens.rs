//! Machine-to-machine tokens.

use std::time::Duration;

use clerk_emulator::{ClerkEmulator, Options, ScopeClaim, Seed};
use serde_json::{Value, json};

use super::support::{Caller, Jwt, start};

const SEED: &str = r#"
    [[machines]]
    id = "mch_2qHmZk1Nb6Vt3Yx8Lf5Rw9Dj7Cs"
    name = "hemera"
    secret_key = "ak_hemera"

    [[machines]]
    id = "mch_2qHmZm3Qd8Xz5Gb1Pk7Tj2Hv4Ew"
    name = "aither"
    secret_key = "ak_aither"
    default_token_ttl = 600
    scoped_machines = ["hemera"]

    [[machines]]
    name = "stranger"
    secret_key = "ak_stranger"
"#;

const HEMERA: &str = "mch_2qHmZk1Nb6Vt3Yx8Lf5Rw9Dj7Cs";
const AITHER: &str = "mch_2qHmZm3Qd8Xz5Gb1Pk7Tj2Hv4Ew";

async fn machines() -> (ClerkEmulator, Caller) {
    start(Options::production().with_seed(Seed::parse(SEED).unwrap())).await
}

fn of(emulator: &ClerkEmulator, key: &str) -> Caller {
    Caller::new(&emulator.base_url()).with_key(key)
}

async fn make(caller: &Caller, body: Value) -> Value {
    let answer = caller.post("/m2m_tokens", body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body
}

#[tokio::test]
async fn an_opaque_token_is_verified_only_by_machines_in_its_scopes() {
    let (emulator, caller) = machines().await;
    let aither = of(&emulator, "ak_aither");
    let body = json!({"seconds_until_expiration": null, "claims": {"job": "sync"}, "token_format": "opaque"});
    let token = make(&aither, body).await;
    assert_eq!(
        (&token["subject"], &token["scopes"]),
        (&json!(AITHER), &json!([HEMERA]))
    );
    let life = token["expiration"].as_i64().unwrap() - token["created_at"].as_i64().unwrap();
    assert_eq!(life, 600_000, "the machine's own default");
    let show = json!({"token": token["token"]});
    for (key, seen) in [
        ("ak_hemera", true),
        ("ak_aither", true),
        ("sk_live_emulator", true),
        ("ak_stranger", false),
    ] {
        let answer = of(&emulator, key).post("/m2m_tokens/verify", show.clone()).await;
        if seen {
            let seen = answer.ok();
            assert_eq!(
                (&seen["claims"], seen.get("token")),
                (&json!({"job": "sync"}), None)
            );
            assert!(seen["last_used_at"].is_i64());
        } else {
            answer.refused(404, "resource_not_found");
        }
    }
    caller
        .post("/v1/m2m_tokens/verify", json!({"secret": token["token"]}))
        .await
        .ok();
    caller
        .post("/m2m_tokens/verify", json!({}))
        .await
        .refused(400, "bad_request");
    emulator.advance(Duration::from_mins(10));
    caller
        .post("/m2m_tokens/verify", show)
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn a_jwt_names_its_machine_and_its_scopes() {
    let (emulator, caller) = machines().await;
    let aither = of(&emulator, "ak_aither");
    let jwks = caller.get("/v1/jwks").await.ok();
    let body = json!({"token_format": "jwt", "seconds_until_expiration": 300, "claims": {"job": "sync"}});
    for claim in [ScopeClaim::Scopes, ScopeClaim::Aud, ScopeClaim::Neither] {
        emulator.change_settings(|settings| settings.m2m_scope_claim = claim);
        let made = make(&aither, body.clone()).await;
        let token = Jwt::parse(made["token"].as_str().unwrap());
        assert_eq!(token.header["cat"], "cl_B7d4PD333AAA");
        assert!(token.is_signed_by(&jwks));
        assert_eq!((token.lifetime(), &token.claims["sub"]), (300, &json!(AITHER)));
        assert_eq!(
            (&token.claims["jti"], &token.claims["job"]),
            (&made["id"], &json!("sync"))
        );
        let named = (
            token.claims.get("scopes").cloned(),
            token.claims.get("aud").cloned(),
        );
        let expected = match claim {
            ScopeClaim::Scopes => (Some(json!(HEMERA)), None),
            ScopeClaim::Aud => (None, Some(json!([HEMERA]))),
            ScopeClaim::Neither => (None, None),
        };
        assert_eq!(named, expected);
    }
    let list = caller.get(&format!("/m2m_tokens?subject={AITHER}")).await.ok();
    assert_eq!(list["total_count"], 0, "JWTs are not remembered");
}

#[tokio::test]
async fn tokens_are_listed_and_revoked() {
    let (emulator, caller) = machines().await;
    let aither = of(&emulator, "ak_aither");
    let first = make(&aither, json!({"seconds_until_expiration": 60})).await;
    make(&aither, json!({"seconds_until_expiration": 600})).await;
    let list = format!("/m2m_tokens?subject={AITHER}");
    assert_eq!(aither.get(&list).await.ok()["total_count"], 2);
    let revoke = format!("/m2m_tokens/{}/revoke", first["id"].as_str().unwrap());
    of(&emulator, "ak_hemera")
        .post(&revoke, json!({}))
        .await
        .refused(404, "resource_not_found");
    let revoked = caller
        .post(&revoke, json!({"revocation_reason": "lost"}))
        .await
        .ok();
    assert_eq!(
        (&revoked["revoked"], &revoked["revocation_reason"]),
        (&json!(true), &json!("lost"))
    );
    let show = json!({"token": first["token"]});
    caller
        .post("/m2m_tokens/verify", show)
        .await
        .refused(404, "resource_not_found");
    assert_eq!(caller.get(&list).await.ok()["total_count"], 1);
    assert_eq!(
        caller.get(&format!("{list}&revoked=true")).await.ok()["total_count"],
        2
    );
    emulator.advance(Duration::from_mins(10));
    assert_eq!(caller.get(&list).await.ok()["total_count"], 0);
    assert_eq!(
        caller.get(&format!("{list}&expired=true")).await.ok()["total_count"],
        1
    );
    of(&emulator, "ak_hemera")
        .get(&list)
        .await
        .refused(403, "authorization_invalid");
    caller.get("/m2m_tokens").await.refused(400, "bad_request");
    caller
        .get(&format!("{list}&limit=101"))
        .await
        .refused(400, "bad_request");
    caller
        .get(&format!("{list}&limit=1.5"))
        .await
        .refused(400, "bad_request");
    // Their type is `number`, and the Python SDK writes numbers so.
    let page = format!("{list}&expired=true&limit=1.0&offset=0.0");
    let page = caller.get(&page).await.ok();
    assert_eq!(page["m2m_tokens"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_token_that_lives_long_enough_is_returned_again() {
    let (emulator, _caller) = machines().await;
    emulator.stand_at(emulator.now());
    let aither = of(&emulator, "ak_aither");
    let body = json!({"seconds_until_expiration": 600, "min_remaining_ttl_seconds": 300});
    let first = make(&aither, body.clone()).await;
    emulator.advance(Duration::from_mins(5));
    assert_eq!(make(&aither, body.clone()).await["token"], first["token"]);
    emulator.advance(Duration::from_secs(1));
    assert_ne!(make(&aither, body).await["token"], first["token"]);
}

#[tokio::test]
async fn invalid_token_requests_are_refused() {
    let (emulator, caller) = machines().await;
    let aither = of(&emulator, "ak_aither");
    let table = [
        (json!({"token_format": "paper"}), 400, "bad_request"),
        (json!({"seconds_until_expiration": 0}), 400, "bad_request"),
        (
            json!({"seconds_until_expiration": 60, "min_remaining_ttl_seconds": 60}),
            400,
            "bad_request",
        ),
        (json!({"token_format": "jwt", "claims": [1]}), 400, "bad_request"),
        (
            json!({"claims": {"sub": "x"}}),
            400,
            "machine_token_reserved_claim",
        ),
        (json!({"lifetime": 60}), 400, "bad_request"),
    ];
    for (body, status, code) in table {
        aither.post("/m2m_tokens", body).await.refused(status, code);
    }
    caller
        .post("/m2m_tokens", json!({}))
        .await
        .refused(403, "authorization_invalid");
}
