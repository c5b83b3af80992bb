//! Attempts of a web page in a browser on this host, each with what a page would need beside: the right key, the right host. A page
//! has neither, so each of these would have to fail three times over.

use crate::support::{Hemera, KEY, Opened, Script};

/// Sends a request as a browser does, with the key; returns status and reason. Nothing must reach Hemera.
async fn refused(line: &str, headers: &str, body: &str) -> (u16, String) {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let reply = door.ask(line, headers, body).await;
    assert!(hemera.received().is_empty(), "{headers}");
    assert!(
        reply
            .headers
            .iter()
            .all(|(name, _)| !name.starts_with("access-control-")),
        "{:?}",
        reply.headers
    );
    (reply.status, reply.reason().unwrap().to_owned())
}

#[track_caller]
fn assert_from_browser(refused: &(u16, String)) {
    assert_eq!(*refused, (403, "from_browser".to_owned()));
}

#[tokio::test]
async fn fetch_of_a_page_is_refused() {
    let headers = "origin: https://evil.example\r\nsec-fetch-site: cross-site\r\nsec-fetch-mode: cors\r\nsec-fetch-dest: empty\r\n";
    assert_from_browser(&refused("GET /api/service/courses", headers, "").await);
}

#[tokio::test]
async fn fetch_without_cors_has_no_origin_and_is_refused() {
    let headers = "sec-fetch-site: cross-site\r\nsec-fetch-mode: no-cors\r\nsec-fetch-dest: empty\r\n";
    assert_from_browser(&refused("GET /api/service/courses", headers, "").await);
}

#[tokio::test]
async fn an_image_and_a_link_are_refused() {
    for headers in [
        "sec-fetch-site: cross-site\r\nsec-fetch-mode: no-cors\r\nsec-fetch-dest: image\r\n",
        "sec-fetch-site: none\r\nsec-fetch-mode: navigate\r\nsec-fetch-dest: document\r\nsec-fetch-user: ?1\r\n",
    ] {
        assert_from_browser(&refused("GET /api/service/courses", headers, "").await);
        assert_from_browser(&refused("GET /readyz", headers, "").await);
    }
}

#[tokio::test]
async fn a_form_is_refused() {
    let headers = "origin: null\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    let refused = refused(
        "PUT /api/service/participations/p_1/result",
        headers,
        "complete=true",
    )
    .await;
    assert_from_browser(&refused);
}

#[tokio::test]
async fn a_page_of_this_very_address_is_refused() {
    let headers = "sec-fetch-site: same-origin\r\nsec-fetch-mode: cors\r\nsec-fetch-dest: empty\r\n";
    assert_from_browser(&refused("GET /api/service/courses", headers, "").await);
}

#[tokio::test]
async fn a_preflight_is_never_answered() {
    let headers = "origin: https://evil.example\r\naccess-control-request-method: PUT\r\n\
                   access-control-request-headers: x-api-key\r\naccess-control-request-private-network: true\r\n";
    assert_from_browser(&refused("OPTIONS /api/service/courses", headers, "").await);
    let alone = refused("OPTIONS /api/service/courses", "", "").await;
    assert_eq!(alone, (405, "unknown_method".to_owned()));
}

#[tokio::test]
async fn a_web_socket_is_not_opened() {
    let headers =
        "upgrade: websocket\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n";
    assert_from_browser(&refused("GET /api/service/courses", headers, "").await);
}

/// An old browser, which sends neither `Origin` nor `Sec-Fetch-…` with an image or a link: it has no key.
#[tokio::test]
async fn an_old_browser_has_no_key() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let head = format!(
        "GET /api/service/courses HTTP/1.1\r\nhost: {}\r\nreferer: https://evil.example/\r\ncookie: x-api-key={KEY}\r\n",
        door.address
    );
    let reply = door.ask_raw(&head).await;
    assert_eq!((reply.status, reply.reason()), (401, Some("key_missing")));
    assert!(hemera.received().is_empty());
}

/// `fetch` of Node.js sends the mode, and nothing else of what browsers send.
#[tokio::test]
async fn fetch_of_node_passes() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let headers = "accept: */*\r\naccept-language: *\r\nsec-fetch-mode: cors\r\nuser-agent: node\r\naccept-encoding: gzip, deflate\r\n";
    let reply = door.ask("GET /api/service/courses", headers, "").await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn a_proxy_is_refused() {
    for header in [
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-host: localhost",
        "forwarded: for=127.0.0.1",
        "via: 1.1 proxy",
    ] {
        let refused = refused("GET /api/service/courses", &format!("{header}\r\n"), "").await;
        assert_eq!(refused, (403, "through_proxy".to_owned()), "{header}");
    }
}
