//! A ticket becomes a session: natively, as a browser, and the ways in which it does not.

use clerk::{ErrorKind, Origin, SignInMode, Ticket};
use serde_json::json;
use url::Url;

use crate::support::clerk::{CLIENT_TOKEN, Clerk, SECRET, TICKET, signed_in};
use crate::support::server::Reply;

const SIGN_IN: &str = "POST /v1/client/sign_ins";

fn origin() -> Origin {
    Origin::try_new(&Url::parse("https://app.hemera-academy.com").unwrap()).unwrap()
}

fn ticket() -> Ticket {
    Ticket::new(TICKET)
}

#[tokio::test]
async fn a_native_sign_in_reads_the_client_token_from_authorization() {
    let clerk = Clerk::start().await;
    let signed_in = clerk.frontend().redeem_ticket(&ticket()).await.unwrap();
    assert_eq!(signed_in.session_id, "sess_1");
    assert_eq!(signed_in.client_token.unwrap().expose(), CLIENT_TOKEN);
    let seen = &clerk.server.seen()[0];
    assert_eq!(
        (seen.line().as_str(), seen.query.as_str()),
        (SIGN_IN, "_is_native=1")
    );
    assert_eq!(seen.body, format!("strategy=ticket&ticket={TICKET}"));
    assert_eq!(
        seen.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(seen.header("clerk-api-version"), Some("2026-05-12"));
    assert_eq!(
        (seen.header("origin"), seen.header("authorization")),
        (None, None)
    );
}

#[tokio::test]
async fn a_client_token_is_read_with_and_without_a_scheme() {
    for (header, expected) in [
        ("Bearer abc.def", Some("abc.def")),
        ("abc.def", Some("abc.def")),
        ("Bearer", None),
        ("", None),
    ] {
        let clerk = Clerk::start().await;
        let reply = signed_in("sess_1").without_header("authorization");
        clerk
            .overrides
            .next(SIGN_IN, reply.with_header("authorization", header));
        let signed_in = clerk.frontend().redeem_ticket(&ticket()).await.unwrap();
        assert_eq!(
            signed_in.client_token.as_ref().map(clerk::ClientToken::expose),
            expected
        );
    }
}

#[tokio::test]
async fn an_empty_authorization_header_is_sent_only_where_it_is_demanded() {
    let clerk = Clerk::start().await;
    clerk
        .overrides
        .next(SIGN_IN, Reply::error(400, "request_header_missing"));
    clerk.frontend().redeem_ticket(&ticket()).await.unwrap();
    let headers: Vec<_> = clerk
        .server
        .seen()
        .iter()
        .map(|seen| seen.header("authorization").map(str::to_owned))
        .collect();
    assert_eq!(headers, [None, Some(String::new())]);
}

#[tokio::test]
async fn a_browser_sign_in_sends_the_origin_and_reads_the_cookie() {
    let clerk = Clerk::start().await;
    let reply = signed_in("sess_1")
        .with_header("set-cookie", "__client_uat=1790000000; Path=/")
        .with_header("set-cookie", "__client=cookie-token; Path=/; HttpOnly; Secure");
    clerk.overrides.next(SIGN_IN, reply);
    let signed_in = clerk
        .frontend_as(SignInMode::Browser(origin()))
        .redeem_ticket(&ticket())
        .await
        .unwrap();
    assert_eq!(signed_in.client_token.unwrap().expose(), "cookie-token");
    let seen = &clerk.server.seen()[0];
    assert_eq!(
        (seen.header("origin"), seen.query.as_str()),
        (Some("https://app.hemera-academy.com"), "")
    );
}

#[tokio::test]
async fn a_browser_sign_in_starts_a_dev_browser_where_it_is_demanded() {
    for body in [
        json!({ "id": "dvb_1", "token": "dvb-token" }),
        json!({ "token": "dvb-token" }),
        json!({ "id": "dvb-token" }),
    ] {
        let clerk = Clerk::start().await;
        clerk.demand_dev_browser(&body);
        clerk
            .frontend_as(SignInMode::Browser(origin()))
            .redeem_ticket(&ticket())
            .await
            .unwrap();
        assert_eq!(clerk.server.lines(), [SIGN_IN, "POST /v1/dev_browser", SIGN_IN]);
        assert_eq!(clerk.server.seen()[2].query, "__clerk_db_jwt=dvb-token");
    }
}

#[tokio::test]
async fn a_native_sign_in_starts_a_dev_browser_where_it_is_demanded() {
    let clerk = Clerk::start().await;
    clerk.demand_dev_browser(&json!({ "id": "dvb_1" }));
    clerk.frontend().redeem_ticket(&ticket()).await.unwrap();
    let queries: Vec<_> = clerk.server.seen().into_iter().map(|seen| seen.query).collect();
    assert_eq!(
        queries,
        [
            "_is_native=1",
            "_is_native=1",
            "_is_native=1&__clerk_db_jwt=dvb_1"
        ]
    );
}

#[tokio::test]
async fn a_refused_dev_browser_is_not_started_again() {
    let clerk = Clerk::start().await;
    clerk.demand_dev_browser(&json!({ "id": "dvb_1" }));
    clerk
        .overrides
        .next(SIGN_IN, Reply::error(401, "dev_browser_unauthenticated"));
    let error = clerk.frontend().redeem_ticket(&ticket()).await.unwrap_err();
    assert_eq!(error.code(), Some("dev_browser_unauthenticated"));
    assert_eq!(clerk.server.lines(), [SIGN_IN, "POST /v1/dev_browser", SIGN_IN]);
}

#[tokio::test]
async fn with_the_native_api_off_the_configured_origin_is_used() {
    let clerk = Clerk::start().await;
    clerk
        .overrides
        .next(SIGN_IN, Reply::error(400, "native_api_disabled"));
    clerk
        .frontend_as(SignInMode::NativeThenBrowser(origin()))
        .redeem_ticket(&ticket())
        .await
        .unwrap();
    let seen = clerk.server.seen();
    assert_eq!(
        (seen[0].query.as_str(), seen[0].header("origin")),
        ("_is_native=1", None)
    );
    assert_eq!(
        (seen[1].query.as_str(), seen[1].header("origin")),
        ("", Some("https://app.hemera-academy.com"))
    );
}

#[tokio::test]
async fn with_the_native_api_off_and_no_origin_the_error_says_what_to_enable() {
    let clerk = Clerk::start().await;
    clerk
        .overrides
        .next(SIGN_IN, Reply::error(400, "native_api_disabled"));
    let error = clerk.frontend().redeem_ticket(&ticket()).await.unwrap_err();
    assert!(error.to_string().contains("enable the Native API"), "{error}");
    assert_eq!(clerk.server.seen().len(), 1);
}

#[tokio::test]
async fn a_sign_in_that_needs_more_than_a_ticket_is_incomplete() {
    let statuses = [
        "needs_second_factor",
        "needs_client_trust",
        "needs_new_password",
        "needs_protect_check",
        "abandoned",
    ];
    for status in statuses {
        let clerk = Clerk::start().await;
        let body = json!({ "response": { "status": status, "created_session_id": null }, "client": null });
        clerk.overrides.next(SIGN_IN, Reply::json(&body));
        let error = clerk.frontend().redeem_ticket(&ticket()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::SignInIncomplete, Some(status))
        );
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn a_sign_in_with_a_pending_or_missing_session_is_incomplete() {
    let pending = json!({
        "response": { "status": "complete", "created_session_id": "sess_1" },
        "client": { "sessions": [{ "id": "sess_0", "status": null }, { "id": "sess_1", "status": "pending" }] },
    });
    let none = json!({ "response": { "status": "complete" } });
    let silent = json!({ "response": {} });
    for (body, code) in [
        (pending, "session_pending"),
        (none, "no_session"),
        (silent, "no_status"),
    ] {
        let clerk = Clerk::start().await;
        clerk.overrides.next(SIGN_IN, Reply::json(&body));
        let error = clerk.frontend().redeem_ticket(&ticket()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::SignInIncomplete, Some(code))
        );
    }
}

#[tokio::test]
async fn the_frontend_api_never_sees_the_secret_key() {
    let (backend, frontend) = (Clerk::start().await, Clerk::start().await);
    let user = clerk::ServiceUser::builder(backend.backend(), frontend.frontend(), "user_1").build();
    user.mint().await.unwrap();
    assert_eq!(frontend.server.lines(), [SIGN_IN]);
    assert!(!format!("{:?}", frontend.server.seen()).contains(SECRET));
    assert_eq!(backend.server.count(SIGN_IN), 0);
}

#[test]
fn only_a_bare_http_origin_is_accepted() {
    let parse =
        |text: &str| Origin::try_new(&Url::parse(text).unwrap()).map(|origin| origin.as_str().to_owned());
    assert_eq!(
        parse("https://app.example.com:443/").unwrap(),
        "https://app.example.com"
    );
    assert_eq!(parse("http://localhost:3000").unwrap(), "http://localhost:3000");
    for text in [
        "https://app.example.com/path",
        "https://a@app.example.com",
        "https://app.example.com?x",
        "ftp://app.example.com",
        "data:,x",
    ] {
        assert_eq!(parse(text).unwrap_err().kind(), ErrorKind::Setting, "{text}");
    }
}
