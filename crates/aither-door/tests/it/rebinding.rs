//! DNS rebinding: a page whose name has been made to resolve to this host sends that name as `Host`.

use crate::support::{Hemera, KEY, Opened, Script};

/// The answer to a request with these `Host` lines and the right key.
async fn asked(path: &str, hosts: impl Fn(u16) -> String) -> (u16, String) {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let lines = hosts(door.address.port());
    let reply = door
        .ask_raw(&format!(
            "GET {path} HTTP/1.1\r\n{lines}x-api-key: {KEY}\r\nconnection: close\r\n"
        ))
        .await;
    assert_eq!(
        hemera.received().is_empty(),
        reply.status != 200 || path != "/api/service/courses"
    );
    (reply.status, reply.reason().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn another_name_is_refused_with_the_right_port_and_key() {
    for path in ["/api/service/courses", "/metrics", "/readyz", "/livez"] {
        for name in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "0.0.0.0",
            "[::]",
        ] {
            let asked = asked(path, |port| format!("host: {name}:{port}\r\n")).await;
            assert_eq!(asked, (403, "host_foreign".to_owned()), "{path} {name}");
        }
    }
}

#[tokio::test]
async fn another_port_is_refused() {
    for host in ["localhost", "127.0.0.1:80", "localhost:1"] {
        let asked = asked("/api/service/courses", |_| format!("host: {host}\r\n")).await;
        assert_eq!(asked, (403, "host_foreign".to_owned()), "{host}");
    }
}

#[tokio::test]
async fn the_names_of_this_host_pass() {
    for name in ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"] {
        let asked = asked("/api/service/courses", |port| format!("host: {name}:{port}\r\n")).await;
        assert_eq!(asked, (200, String::new()), "{name}");
    }
}

#[tokio::test]
async fn two_hosts_and_none_are_refused() {
    let two = asked("/api/service/courses", |port| {
        format!("host: localhost:{port}\r\nhost: localhost:{port}\r\n")
    })
    .await;
    assert_eq!(two, (400, "host_repeated".to_owned()));
    let none = asked("/api/service/courses", |_| String::new()).await;
    assert_eq!(none, (400, "host_missing".to_owned()));
}

#[tokio::test]
async fn http_1_0_without_a_host_is_refused_as_well() {
    let door = Opened::before_nothing();
    let reply = door
        .ask_raw(&format!("GET /livez HTTP/1.0\r\nx-api-key: {KEY}\r\n"))
        .await;
    assert_eq!((reply.status, reply.reason()), (400, Some("host_missing")));
}

#[tokio::test]
async fn a_whole_url_does_not_hide_another_host() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    for target in [
        "http://evil.example/api/service/courses",
        "https://localhost/api/service/courses",
    ] {
        let reply = door.ask(&format!("GET {target}"), "", "").await;
        assert_eq!(
            (reply.status, reply.reason()),
            (400, Some("not_a_path")),
            "{target}"
        );
    }
    assert!(hemera.received().is_empty());
}

#[tokio::test]
async fn refusals_are_envelopes_of_the_contract() {
    let door = Opened::before_nothing();
    let head =
        format!("GET /livez HTTP/1.1\r\nhost: evil.example\r\nx-request-id: mine\r\nx-api-key: {KEY}\r\n");
    let reply = door.ask_raw(&head).await;
    let failure = reply.failure();
    assert_eq!(failure.error.code.name(), "FORBIDDEN");
    assert!(
        failure
            .error
            .message
            .contains("call localhost, 127.0.0.1 or [::1]"),
        "{}",
        failure.error.message
    );
    assert_eq!(failure.meta.request_id.as_str(), "mine");
    assert_eq!(reply.header("x-request-id"), Some("mine"));
    assert_eq!(reply.header("cache-control"), Some("private, no-store"));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("connection"), Some("close"));
    let missing = door
        .ask_raw("GET /livez HTTP/1.1\r\nconnection: close\r\n")
        .await
        .failure();
    assert_eq!(missing.error.details.unwrap()["fields"][0]["field"], "Host");
}
