//! One-time sign-in tokens.

use std::time::Duration;

use clerk::ErrorKind;
use serde_json::json;

use super::api;
use crate::support::clerk::USER;
use crate::support::server::{Reply, Server};

#[tokio::test]
async fn a_sign_in_token_is_created_and_revoked() {
    let created =
        json!({ "object": "sign_in_token", "id": "sit_1", "token": "the-ticket", "status": "pending" });
    let revoked = json!({ "object": "sign_in_token", "id": "sit_1", "status": "revoked" });
    let server = Server::script([Reply::json(&created), Reply::json(&revoked)]).await;
    let api = api(&server);
    let token = api
        .sign_in_tokens()
        .create(USER, Duration::from_millis(10))
        .await
        .unwrap();
    api.sign_in_tokens().revoke(&token.id).await.unwrap();
    assert_eq!(
        server.lines(),
        ["POST /v1/sign_in_tokens", "POST /v1/sign_in_tokens/sit_1/revoke"]
    );
    assert_eq!(
        server.seen()[0].json(),
        json!({ "user_id": USER, "expires_in_seconds": 1 })
    );
}

#[tokio::test]
async fn a_sign_in_token_without_a_ticket_is_refused() {
    let server = Server::always(Reply::json(&json!({ "id": "sit_1" }))).await;
    let error = api(&server)
        .sign_in_tokens()
        .create(USER, Duration::from_mins(1))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unintelligible);
}
