//! Every kind of failure: what it is called, whether trying again can help, and what its line says.

use std::error::Error as _;
use std::time::Duration;

use clerk::{BackendApi, Error, ErrorKind};
use serde_json::json;
use tokio::net::TcpListener;
use url::Url;

use crate::support::clerk::{Clerk, USER, impatient_backend_at};
use crate::support::server::{Reply, Server};

/// A Clerk that is asked for a user and gives a chosen answer.
pub(crate) struct Ask {
    pub(crate) clerk: Clerk,
    pub(crate) api: BackendApi,
}

impl Ask {
    pub(crate) async fn start() -> Self {
        let clerk = Clerk::start().await;
        let api = impatient_backend_at(clerk.server.url.clone());
        Self { clerk, api }
    }

    /// What becomes of this answer.
    pub(crate) async fn error(&self, reply: Reply) -> Error {
        self.clerk.overrides.next(&format!("GET /v1/users/{USER}"), reply);
        self.api.users().get(USER).await.unwrap_err()
    }
}

async fn error(reply: Reply) -> Error {
    Ask::start().await.error(reply).await
}

#[tokio::test]
async fn each_status_of_a_clerk_error_has_its_kind() {
    let cases = [
        (400, ErrorKind::Invalid, false),
        (401, ErrorKind::Unauthorized, false),
        (402, ErrorKind::Forbidden, false),
        (403, ErrorKind::Forbidden, false),
        (404, ErrorKind::NotFound, false),
        (408, ErrorKind::Unavailable, true),
        (409, ErrorKind::Conflict, false),
        (413, ErrorKind::Invalid, false),
        (415, ErrorKind::Invalid, false),
        (422, ErrorKind::Invalid, false),
        (423, ErrorKind::Conflict, false),
        (425, ErrorKind::Unavailable, true),
        (429, ErrorKind::RateLimited, true),
        (500, ErrorKind::Unavailable, true),
        (502, ErrorKind::Unavailable, true),
        (503, ErrorKind::Unavailable, true),
        (504, ErrorKind::Unavailable, true),
    ];
    let ask = Ask::start().await;
    for (status, kind, transient) in cases {
        let error = ask.error(Reply::error(status, "some_code")).await;
        assert_eq!(
            (error.status(), error.kind(), error.is_transient()),
            (Some(status), kind, transient)
        );
        assert_eq!(
            (error.code(), error.trace_id()),
            (Some("some_code"), Some("a01fdb0399abb40a"))
        );
        assert_eq!(error.is_not_found(), status == 404);
        assert_eq!(error.is_unauthorized(), status == 401);
        assert_eq!(error.is_rate_limited(), status == 429);
    }
}

#[tokio::test]
async fn an_answer_in_another_format_is_unintelligible_at_any_status() {
    let html = "<html><body>Not here</body></html>";
    let cases = [
        (Reply::text(404, "text/html", html), false),
        (Reply::text(401, "text/html", html), false),
        (Reply::text(404, "application/json", ""), false),
        (Reply::text(404, "application/json", "{}"), false),
        (Reply::json(&json!({ "errors": [] })), false),
        (Reply::text(200, "text/html", html), false),
        (Reply::text(200, "application/json", ""), false),
        (Reply::text(200, "application/json", "{\"id\":"), false),
        (Reply::json(&json!({ "id": 7 })), false),
        (Reply::json(&json!([])), false),
        (
            Reply::text(301, "text/plain", "").with_header("location", "https://evil.example/"),
            false,
        ),
        (Reply::text(502, "text/html", html), true),
        (Reply::text(429, "text/html", html), true),
    ];
    let ask = Ask::start().await;
    for (reply, transient) in cases {
        let described = format!("{reply:?}");
        let error = ask.error(reply).await;
        assert_eq!(error.kind(), ErrorKind::Unintelligible, "{described}");
        assert_eq!(error.is_transient(), transient, "{described}");
        assert!(!error.is_not_found() && !error.is_unauthorized(), "{described}");
        assert!(error.source().is_some(), "{described}");
    }
}

#[tokio::test]
async fn the_error_names_the_path_in_the_document_and_quotes_nothing() {
    let error = error(Reply::json(
        &json!({ "id": "user_1", "email_addresses": [{ "email_address": 7, "x": "private" }] }),
    ))
    .await;
    let source = error.source().unwrap().to_string();
    assert!(source.contains("email_addresses[0].email_address"), "{source}");
    assert!(!source.contains("private"), "{source}");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_key_is_not_sent_on() {
    let elsewhere = Server::always(Reply::json(&json!({ "id": USER }))).await;
    let redirect = Reply::text(307, "text/plain", "").with_header("location", elsewhere.url.as_str());
    error(redirect).await;
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_call_without_an_answer_ends_at_its_deadline() {
    let error = error(Reply::Silence).await;
    assert_eq!(
        (error.kind(), error.is_timeout(), error.is_transient()),
        (ErrorKind::TimedOut, true, true)
    );
}

#[tokio::test]
async fn a_cut_answer_and_a_closed_port_are_unreachable() {
    let cut = error(Reply::Cut).await;
    assert_eq!((cut.kind(), cut.is_transient()), (ErrorKind::Unreachable, true));
    let free = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let closed = impatient_backend_at(Url::parse(&format!("http://{free}")).unwrap())
        .users()
        .get(USER)
        .await
        .unwrap_err();
    assert_eq!((closed.kind(), closed.status()), (ErrorKind::Unreachable, None));
}

#[tokio::test]
async fn an_oversized_answer_is_not_read_to_its_end() {
    let error = error(Reply::text(200, "application/json", vec![b' '; 9 * 1024 * 1024])).await;
    assert_eq!(error.kind(), ErrorKind::Unintelligible);
    assert_eq!(
        error.source().unwrap().to_string(),
        "the answer has more than 8388608 bytes"
    );
}

#[tokio::test]
async fn retry_after_is_read_as_whole_seconds() {
    let ask = Ask::start().await;
    for (header, expected) in [
        ("7", Some(7)),
        (" 60 ", Some(60)),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
    ] {
        let error = ask
            .error(Reply::error(429, "too_many_requests").with_header("retry-after", header))
            .await;
        assert_eq!(error.retry_after(), expected.map(Duration::from_secs), "{header}");
    }
}

#[tokio::test]
async fn the_message_of_clerk_is_the_source_and_names_are_sanitized() {
    let body = json!({
        "errors": [{ "message": "m", "long_message": "a@b.example\nis taken", "code": "form <b>\nbad", "meta": { "param_name": "email_address[]" } }],
        "clerk_trace_id": "x".repeat(500),
    });
    let error = error(Reply::text(422, "application/json", body.to_string())).await;
    assert_eq!(error.code(), Some("formbbad"));
    assert_eq!(error.parameter(), Some("email_address[]"));
    assert_eq!(error.trace_id().unwrap().len(), 64);
    assert_eq!(
        error.source().unwrap().to_string(),
        "Clerk says: a@b.example is taken"
    );
    assert!(!error.to_string().contains("a@b.example"), "{error}");
}

#[tokio::test]
async fn the_trace_id_is_taken_from_the_headers_where_the_body_has_none() {
    let bare = json!({ "errors": [{ "message": "m", "code": "c" }] }).to_string();
    let reply = || Reply::text(404, "application/json", bare.clone());
    assert_eq!(
        error(reply().with_header("cf-ray", "ray-1")).await.trace_id(),
        Some("ray-1")
    );
    assert_eq!(
        error(
            reply()
                .with_header("cf-ray", "ray-1")
                .with_header("clerk-trace-id", "t-1")
        )
        .await
        .trace_id(),
        Some("t-1")
    );
}
