//! How often keys are fetched.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Stage, signed_by, unknown};
use crate::support::keys::{KEY, KEY_ID, OTHER_KEY};
use crate::support::server::Reply;
use crate::support::token::{base64, session_claims, session_header, session_token, token, with};
use crate::support::verifier::outcome;

#[tokio::test]
async fn ten_thousand_unknown_key_ids_cost_one_fetch_in_a_window() {
    let stage = Stage::start().await;
    assert_eq!(stage.verify(&session_token()).await, "accepted");
    for window in 0..2 {
        stage.clock.advance(Duration::from_secs(40));
        let before = stage.fetches();
        let tasks: Vec<_> = (0..16)
            .map(|task| {
                let verifier = stage.verifier.clone();
                tokio::spawn(async move {
                    // One signature for all: the key id decides before it is looked at.
                    let parts = unknown(0);
                    let (_, rest) = parts.split_once('.').unwrap();
                    for index in 0..625 {
                        let header = with(
                            session_header(),
                            &json!({ "kid": format!("ins_{window}_{task}_{index}") }),
                        );
                        let token = format!("{}.{rest}", base64(header.to_string()));
                        assert_eq!(outcome(&verifier, &token).await, "unknown_key");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(stage.fetches() - before, 1);
    }
    assert_eq!(stage.verify(&session_token()).await, "accepted");
}

#[tokio::test]
async fn an_unknown_key_id_within_the_window_costs_no_fetch() {
    let stage = Stage::start().await;
    stage.verifier.keys().warm().await.unwrap();
    stage.clock.advance(Duration::from_secs(29));
    assert_eq!(stage.verify(&unknown(1)).await, "unknown_key");
    assert_eq!(stage.fetches(), 1);
}

#[tokio::test]
async fn malformed_tokens_cost_no_fetch() {
    let stage = Stage::start().await;
    let header = |changes: Value| token(&with(session_header(), &changes), &session_claims());
    for token in [
        "opaque".to_owned(),
        header(json!({ "kid": null })),
        header(json!({ "kid": "../../etc/passwd" })),
        header(json!({ "alg": "none" })),
        header(json!({ "jku": stage.server.url.as_str() })),
        header(json!({ "x5u": stage.server.url.as_str() })),
    ] {
        stage.verify(&token).await;
    }
    assert_eq!(stage.fetches(), 0);
}

#[tokio::test]
async fn one_fetch_after_a_rotation_serves_all_callers_with_the_new_key() {
    let stage = Stage::start().await;
    stage.verifier.keys().warm().await.unwrap();
    stage.publish(&json!([KEY.jwk(KEY_ID), OTHER_KEY.jwk("ins_new")]));
    stage.clock.advance(Duration::from_secs(40));
    let token = signed_by(&OTHER_KEY, "ins_new");
    stage.accept_concurrently(100, &token).await;
    assert_eq!(stage.fetches(), 2);
    assert_eq!(stage.verify(&session_token()).await, "accepted");
}

#[tokio::test]
async fn a_new_key_under_the_old_id_is_found_by_its_signature() {
    let stage = Stage::start().await;
    stage.verifier.keys().warm().await.unwrap();
    let token = signed_by(&OTHER_KEY, KEY_ID);
    assert_eq!(stage.verify(&token).await, "bad_signature");
    stage.publish(&json!([OTHER_KEY.jwk(KEY_ID)]));
    stage.clock.advance(Duration::from_secs(40));
    assert_eq!(stage.verify(&token).await, "accepted");
    assert_eq!(stage.verify(&session_token()).await, "bad_signature");
    assert_eq!(stage.fetches(), 2);
}

#[tokio::test]
async fn two_keys_of_one_id_both_serve() {
    let stage = Stage::with(Reply::json(
        &json!({ "keys": [OTHER_KEY.jwk(KEY_ID), KEY.jwk(KEY_ID)] }),
    ))
    .await;
    assert_eq!(stage.verify(&session_token()).await, "accepted");
    assert_eq!(stage.verify(&signed_by(&OTHER_KEY, KEY_ID)).await, "accepted");
}
