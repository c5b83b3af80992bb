//! A session kept by its own client: minted from without the secret key, with the newest client token each time.

use clerk::{ClientSession, ErrorKind, FrontendApi, Origin, SignInMode, Ticket, TokenKind};
use secrecy::ExposeSecret as _;
use serde_json::json;
use url::Url;

use crate::support::clerk::{CLIENT_TOKEN, Clerk, SECRET, TICKET, USER, signed_in};
use crate::support::server::{Reply, Server};
use crate::support::token::{NOW, now, session_token, template_token};

const SIGN_IN: &str = "POST /v1/client/sign_ins";
const MINT: &str = "POST /v1/client/sessions/sess_1/tokens";
const MINT_FROM_TEMPLATE: &str = "POST /v1/client/sessions/sess_1/tokens/hemera-api";
const LOOK: &str = "GET /v1/client/sessions/sess_1";

fn template() -> TokenKind {
    TokenKind::Template("hemera-api".to_owned())
}

fn minted(jwt: &str) -> Reply {
    Reply::json(&json!({ "object": "token", "jwt": jwt }))
}

async fn enrolled(frontend: &FrontendApi) -> ClientSession {
    let signed_in = frontend.redeem_ticket(&Ticket::new(TICKET)).await.unwrap();
    ClientSession::try_new(signed_in).unwrap()
}

#[tokio::test]
async fn a_native_client_mints_with_its_token_and_no_secret_key() {
    let clerk = Clerk::start().await;
    let frontend = clerk.frontend();
    let session = enrolled(&frontend).await;
    for (line, kind, jwt) in [
        (MINT, TokenKind::Session, session_token()),
        (MINT_FROM_TEMPLATE, template(), template_token()),
    ] {
        clerk.overrides.next(line, minted(&jwt));
        let mint = frontend.mint(&session, &kind).await;
        assert_eq!(mint.outcome.unwrap().jwt.expose_secret(), jwt);
        assert!(mint.client_token.is_none());
        let seen = clerk.server.seen().pop().unwrap();
        assert_eq!(
            (seen.line().as_str(), seen.query.as_str()),
            (line, "_is_native=1")
        );
        assert_eq!(seen.header("authorization"), Some(CLIENT_TOKEN));
        assert_eq!((seen.header("origin"), seen.header("cookie")), (None, None));
    }
    assert!(!format!("{:?}", clerk.server.seen()).contains(SECRET));
}

#[tokio::test]
async fn a_browser_mints_with_its_cookie_its_origin_and_its_dev_browser() {
    let clerk = Clerk::start().await;
    clerk.demand_dev_browser(&json!({ "id": "dvb_1" }));
    let cookie = signed_in("sess_1").with_header("set-cookie", "__client=cookie-1; Path=/; HttpOnly");
    clerk.overrides.next(SIGN_IN, cookie);
    let origin = Origin::try_new(&Url::parse("https://app.hemera-academy.com").unwrap()).unwrap();
    let frontend = clerk.frontend_as(SignInMode::Browser(origin));
    let session = enrolled(&frontend).await;
    let changed = minted(&session_token()).with_header("clerk-db-jwt", "dvb_2");
    let changed = changed.with_header("set-cookie", "__client=cookie-2; Path=/; HttpOnly");
    clerk.overrides.next(MINT, changed);
    let mint = frontend.mint(&session, &TokenKind::Session).await;
    mint.outcome.unwrap();
    let session = session.with_client_token(mint.client_token.unwrap());
    clerk.overrides.next(MINT, minted(&session_token()));
    let kept = ClientSession::parse(session.to_json().expose_secret()).unwrap();
    let mint = frontend.mint(&kept, &TokenKind::Session).await;
    mint.outcome.unwrap();
    let seen = clerk.server.seen();
    let sent: Vec<_> = seen[3..]
        .iter()
        .map(|seen| (seen.header("cookie").unwrap(), seen.query.as_str()))
        .collect();
    assert_eq!(
        sent,
        [
            ("__client=cookie-1", "__clerk_db_jwt=dvb_1"),
            ("__client=cookie-2", "__clerk_db_jwt=dvb_2"),
        ]
    );
    assert!(seen[1..].iter().all(|seen| {
        seen.header("origin") == Some("https://app.hemera-academy.com")
            && seen.header("authorization").is_none()
    }));
}

#[tokio::test]
async fn the_newest_client_token_is_kept_after_any_answer() {
    let clerk = Clerk::start().await;
    let frontend = clerk.frontend();
    let session = enrolled(&frontend).await;
    let replies = [
        minted(&session_token()).with_header("authorization", "client-token-2"),
        Reply::error(429, "too_many_requests").with_header("authorization", "Bearer client-token-3"),
        Reply::text(200, "text/html", "<html>").with_header("authorization", "client-token-4"),
    ];
    let mut session = session;
    for reply in replies {
        clerk.overrides.next(MINT, reply);
        let mint = frontend.mint(&session, &TokenKind::Session).await;
        session = session.with_client_token(mint.client_token.unwrap());
    }
    // The same again, and one that is cleared: neither is another token.
    for header in ["client-token-4", "Bearer", ""] {
        let reply = minted(&session_token()).with_header("authorization", header);
        clerk.overrides.next(MINT, reply);
        let mint = frontend.mint(&session, &TokenKind::Session).await;
        assert!(mint.outcome.is_ok() && mint.client_token.is_none(), "{header:?}");
    }
    let sent: Vec<_> = clerk
        .server
        .seen()
        .iter()
        .filter(|seen| seen.line() == MINT)
        .map(|seen| seen.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(sent[..3], [CLIENT_TOKEN, "client-token-2", "client-token-3"]);
    assert!(sent[3..].iter().all(|token| token == "client-token-4"));
}

#[tokio::test]
async fn an_ended_session_and_a_missing_template_are_different_errors() {
    let not_found = || Reply::error(404, "resource_not_found");
    let found = Reply::json(&json!({ "response": { "id": "sess_1", "user_id": USER } }));
    let cases = [
        (Reply::error(401, "signed_out"), None, "signed_out", 1),
        (
            not_found(),
            Some(Reply::error(401, "signed_out")),
            "signed_out",
            2,
        ),
        (not_found(), Some(not_found()), "signed_out", 2),
        (not_found(), Some(found), "template_not_found", 2),
        (
            not_found(),
            Some(Reply::error(503, "unavailable")),
            "unavailable",
            2,
        ),
    ];
    for (refusal, look, code, requests) in cases {
        let clerk = Clerk::start().await;
        let frontend = clerk.frontend();
        let session = enrolled(&frontend).await;
        clerk.overrides.next(MINT_FROM_TEMPLATE, refusal);
        if let Some(look) = look {
            clerk.overrides.next(LOOK, look);
        }
        let error = frontend.mint(&session, &template()).await.outcome.unwrap_err();
        assert_eq!(error.code(), Some(code));
        assert_eq!(error.is_session_over(), code == "signed_out", "{error}");
        assert_eq!(clerk.server.seen().len(), 1 + requests, "{code}");
    }
}

#[tokio::test]
async fn a_sign_in_without_a_client_token_is_no_client_session() {
    let clerk = Clerk::start().await;
    let reply = signed_in("sess_1").without_header("authorization");
    clerk.overrides.next(SIGN_IN, reply);
    let signed_in = clerk
        .frontend()
        .redeem_ticket(&Ticket::new(TICKET))
        .await
        .unwrap();
    let error = ClientSession::try_new(signed_in).unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Unintelligible, Some("no_client_token"))
    );
}

#[tokio::test]
async fn a_client_session_keeps_when_it_ends() {
    let body = json!({
        "response": { "status": "complete", "created_session_id": "sess_1" },
        "client": { "sessions": [
            { "id": "sess_0", "status": "active", "expire_at": 1 },
            { "id": "sess_1", "status": "active", "expire_at": NOW * 1000 },
        ] },
    });
    let clerk = Server::always(Reply::json(&body).with_header("authorization", CLIENT_TOKEN)).await;
    let frontend = FrontendApi::builder(clerk.url.clone()).build().unwrap();
    let session = enrolled(&frontend).await;
    assert_eq!((session.id(), session.ends_at()), ("sess_1", Some(now())));
    let json = session.to_json();
    let kept = ClientSession::parse(json.expose_secret()).unwrap();
    assert_eq!((kept.id(), kept.ends_at()), ("sess_1", Some(now())));
    let shown = format!("{session:?} {kept:?} {json:?}");
    assert!(!shown.contains(CLIENT_TOKEN), "{shown}");
}

#[test]
fn a_damaged_or_foreign_session_document_is_refused() {
    let good = json!({ "version": 1, "session_id": "sess_1", "client_token": "token" });
    ClientSession::parse(&good.to_string()).unwrap();
    for (name, value) in [
        ("version", json!(2)),
        ("session_id", json!("")),
        ("client_token", json!("")),
        ("client_token", json!(null)),
        ("origin", json!("https://app.example.com/path")),
        ("more", json!(1)),
    ] {
        let mut bad = good.clone();
        bad[name] = value;
        assert!(ClientSession::parse(&bad.to_string()).is_err(), "{bad}");
    }
    for text in ["", "null", "[]", &good.to_string()[..20]] {
        assert!(ClientSession::parse(text).is_err(), "{text}");
    }
}
