//! How a request is made: headers, paths, and the servers that are called.

use clerk::{ErrorKind, Instance};
use url::Url;

use super::users::user;
use super::{api, only};
use crate::support::clerk::{SECRET, USER, backend_at, backend_builder};
use crate::support::server::{Reply, Server};

#[tokio::test]
async fn every_request_has_key_version_and_user_agent() {
    let server = Server::always(Reply::json(&user())).await;
    api(&server).users().get(USER).await.unwrap();
    let seen = only(&server);
    assert_eq!(seen.line(), format!("GET /v1/users/{USER}"));
    assert_eq!(
        seen.header("authorization"),
        Some(format!("Bearer {SECRET}").as_str())
    );
    assert_eq!(seen.header("clerk-api-version"), Some("2026-05-12"));
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert_eq!(
        seen.header("user-agent"),
        Some(concat!("hemera-aither-clerk/", env!("CARGO_PKG_VERSION")))
    );
}

#[tokio::test]
async fn an_id_stays_one_segment_of_the_path() {
    let server = Server::always(Reply::json(&user())).await;
    api(&server).users().get("user_1/../../x?y#z %").await.unwrap();
    assert_eq!(only(&server).path, "/v1/users/user_1%2F..%2F..%2Fx%3Fy%23z%20%25");
    assert_eq!(only(&server).query, "");
}

#[tokio::test]
async fn an_id_that_cannot_be_one_segment_is_not_sent() {
    let server = Server::always(Reply::json(&user())).await;
    for id in ["", ".", ".."] {
        let error = api(&server).users().get(id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument, "{id}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_base_url_may_have_a_path() {
    let server = Server::always(Reply::json(&user())).await;
    for base in ["/__clerk", "/__clerk/"] {
        let api = backend_at(server.url.join(base).unwrap());
        api.users().get("user_1").await.unwrap();
    }
    assert_eq!(server.lines(), ["GET /__clerk/v1/users/user_1"; 2]);
}

#[test]
fn a_base_url_is_https_or_loopback_and_bare() {
    let build = |base: &str| {
        backend_builder(Url::parse(base).unwrap())
            .build()
            .map(|api| api.instance())
    };
    for base in [
        "https://api.clerk.com",
        "http://127.0.0.1:4010",
        "http://[::1]:4010",
        "http://localhost",
        "http://clerk.localhost:1",
    ] {
        assert_eq!(build(base).unwrap(), Instance::Production, "{base}");
    }
    for base in [
        "http://api.clerk.com",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "ftp://127.0.0.1",
        "https://user@api.clerk.com",
        "https://:password@api.clerk.com",
        "https://api.clerk.com?x=1",
        "https://api.clerk.com#x",
        "data:,x",
    ] {
        let error = build(base).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Setting, "{base}");
        assert!(!format!("{error:?}").contains("password"), "{error:?}");
    }
}
