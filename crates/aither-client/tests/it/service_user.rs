//! The Clerk service user as a token source, configured by settings.

use std::time::Duration;

use aither_client::HemeraClientBuilder;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use freshness::{ManualClock, RecordedSleep};
use serde_json::json;

use crate::support::{Logs, Received, Reply, Server, list, started_at};

const TICKET: &str = "ticket-0123456789";
const CLIENT_TOKEN: &str = "client-token-0123456789";
const SECRET_KEY: &str = "sk_live_0123456789abcdefghijKLMNOP";
const MINT: &str = "POST /v1/sessions/sess_1/tokens/hemera-api";
/// The end of every minted token.
const SIGNATURE: &str = "signature-of-";

/// Signs in callers that have the ticket, and mints numbered tokens of 15 minutes.
fn clerk() -> impl FnMut(&Received) -> Reply + Send + 'static {
    let mut minted = 0;
    move |seen| match seen.uri.path() {
        "/v1/sign_in_tokens" => Reply::json(
            200,
            json!({ "id": "sit_1", "token": TICKET, "status": "pending" }),
        ),
        "/v1/client/sign_ins" => Reply::json(
            200,
            json!({
                "response": { "id": "sia_1", "status": "complete", "created_session_id": "sess_1" },
                "client": { "id": "client_1", "sessions": [{ "id": "sess_1", "status": "active" }] },
            }),
        )
        .with_header("authorization", CLIENT_TOKEN),
        "/v1/sessions/sess_1/tokens/hemera-api" => {
            minted += 1;
            // An issuer whose clock is an hour ahead: only the difference of the two may count.
            let claims = json!({
                "iat": 1_773_579_600, "exp": 1_773_580_500, "aud": "hemera-api", "role": "api-client",
            });
            let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
            Reply::json(
                200,
                json!({ "object": "token", "jwt": format!("e30.{payload}.{SIGNATURE}{minted}") }),
            )
        }
        _ => Reply::json(
            404,
            json!({ "errors": [{ "code": "resource_not_found", "message": "not found" }] }),
        ),
    }
}

fn builder(hemera: &Server, clerk: &Server) -> HemeraClientBuilder {
    let values = [
        ("HEMERA_API_BASE_URL", hemera.origin()),
        ("CLERK_API_URL", clerk.origin()),
        ("CLERK_ISSUER", clerk.origin()),
        ("CLERK_SECRET_KEY", SECRET_KEY),
        ("CLERK_SERVICE_USER_ID", "user_1"),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    HemeraClientBuilder::load_with(|name| {
        values
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.into())
    })
    .unwrap()
}

fn lines(server: &Server) -> Vec<String> {
    server
        .received()
        .iter()
        .map(|seen| format!("{} {}", seen.method, seen.uri.path()))
        .collect()
}

#[tokio::test]
async fn one_sign_in_then_one_mint_per_token_lifetime() {
    let (hemera, clerk) = (Server::always(Reply::courses()).await, Server::by(clerk()).await);
    let clock = ManualClock::at(started_at());
    let sleep = RecordedSleep::advancing(clock.clone());
    let client = builder(&hemera, &clerk)
        .with_clock(clock.clone())
        .with_sleep(sleep)
        .build()
        .unwrap();
    for _ in 0..5 {
        list(&client).await.unwrap();
    }
    let signed_in = ["POST /v1/sign_in_tokens", "POST /v1/client/sign_ins", MINT];
    assert_eq!(lines(&clerk), signed_in);
    clock.advance(Duration::from_mins(15));
    list(&client).await.unwrap();
    assert_eq!(lines(&clerk)[3..], [MINT]);
    let bearers = hemera.bearers();
    assert!(
        bearers[..5]
            .iter()
            .all(|bearer| bearer.ends_with("signature-of-1")),
        "{bearers:?}"
    );
    assert!(bearers[5].ends_with("signature-of-2"), "{bearers:?}");
}

#[tokio::test]
async fn clerks_secrets_reach_neither_hemera_nor_the_log() {
    let (logs, _guard) = Logs::record();
    let (hemera, clerk) = (Server::always(Reply::courses()).await, Server::by(clerk()).await);
    let builder = builder(&hemera, &clerk);
    let described = format!("{builder:?}");
    let client = builder.build().unwrap();
    list(&client).await.unwrap();
    let sent = format!("{:?}", hemera.only());
    for secret in [SECRET_KEY, TICKET, CLIENT_TOKEN] {
        assert!(!sent.contains(secret), "{secret}");
    }
    let shown = format!("{described} {client:?} {}", logs.text());
    for secret in [SECRET_KEY, TICKET, CLIENT_TOKEN, SIGNATURE] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn unknown_service_user_is_an_error_with_a_remedy() {
    let hemera = Server::always(Reply::courses()).await;
    let refusal = json!({ "errors": [{ "code": "resource_not_found", "message": "not found" }] });
    let clerk = Server::always(Reply::json(404, refusal)).await;
    let client = builder(&hemera, &clerk).build().unwrap();
    let error = list(&client).await.unwrap_err();
    assert!(error.is_token_unavailable() && !error.is_transient());
    assert!(error.to_string().contains("Clerk refused"), "{error}");
    assert!(hemera.received().is_empty());
}

#[tokio::test]
async fn refused_secret_key_is_not_sent_again() {
    let hemera = Server::always(Reply::courses()).await;
    let refusal = json!({ "errors": [{ "code": "clerk_key_invalid", "message": "invalid" }] });
    let clerk = Server::always(Reply::json(401, refusal)).await;
    let client = builder(&hemera, &clerk).build().unwrap();
    let error = list(&client).await.unwrap_err();
    assert!(error.is_token_unavailable() && !error.is_transient() && !error.is_unauthorized());
    assert_eq!(clerk.received().len(), 1);
}
