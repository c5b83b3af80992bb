//! What passes the door goes to Hemera as it came, without its credentials, and comes back to the byte.

use std::sync::Arc;

use aither_client::hemera_types::{Named as _, Operation, Role};
use tokio::sync::Semaphore;

use crate::support::{Caller, Hemera, KEY, Opened, Script, client};

const ID: &str = "course_1";

#[tokio::test]
async fn every_operation_of_the_service_user_reaches_hemera_at_its_path() {
    for &operation in Operation::ALL {
        let hemera = Hemera::sending([Script::success()]).await;
        let door = Opened::before(&hemera);
        let spec = operation.spec();
        let path = operation.path(spec.has_id().then_some(ID));
        let body = if spec.has_body() { "{}" } else { "" };
        let reply = door
            .ask(&format!("{} {path}?limit=1.5&x=%C3%BC", spec.method), "", body)
            .await;
        if spec.admits(Role::ApiClient) {
            let received = hemera.only();
            assert_eq!((reply.status, reply.reason()), (200, None), "{operation}");
            assert_eq!(received.method, spec.method, "{operation}");
            assert_eq!(
                received.uri.to_string(),
                format!("{path}?limit=1.5&x=%C3%BC"),
                "{operation}"
            );
            assert_eq!(received.body, body, "{operation}");
        } else {
            assert_eq!(
                (reply.status, reply.reason()),
                (403, Some("not_for_services")),
                "{operation}"
            );
            assert!(hemera.received().is_empty(), "{operation}");
        }
    }
}

#[tokio::test]
async fn bodies_and_error_envelopes_come_back_byte_for_byte() {
    for status in [200, 400, 403, 404, 412, 429, 500, 503] {
        let body =
            "{\"success\" : false ,\"error\":{\"code\":\"X\",\"message\":\"\\u00fc\"},\n \"meta\":{ }}";
        let script = Script::new(status, body).with("content-type", "application/json");
        let hemera = Hemera::sending([script.clone()]).await;
        let door = Opened::before(&hemera);
        let reply = door.ask("GET /api/service/courses", "", "").await;
        assert_eq!(reply.status, status);
        assert_eq!(reply.body, script.body(), "{status}");
        assert_eq!(reply.reason(), None, "{status}");
    }
}

#[tokio::test]
async fn the_headers_of_the_contract_come_back_and_no_others() {
    let contract = [
        ("etag", "\"7\""),
        ("cache-control", "private, no-cache"),
        ("vary", "accept-encoding"),
        ("x-content-type-options", "nosniff"),
        ("x-ratelimit-limit", "100"),
        ("x-ratelimit-remaining", "19"),
        ("x-ratelimit-reset", "1767225600"),
        ("ratelimit-policy", "\"minute\";q=100;w=60"),
        ("ratelimit", "\"burst\";r=19;t=1"),
        ("retry-after", "3"),
        ("link", "<https://hemera.example/api#X>; rel=\"help\""),
        ("x-audit-record", "0193-1"),
        ("x-request-id", "of-hemera"),
        ("www-authenticate", "Bearer"),
    ];
    let mut script = Script::success()
        .with("set-cookie", "__session=of-hemera")
        .with("access-control-allow-origin", "*")
        .with("strict-transport-security", "max-age=1")
        .with("server", "a proxy");
    for (name, value) in contract {
        script = script.with(name, value);
    }
    let hemera = Hemera::sending([script]).await;
    let door = Opened::before(&hemera);
    let reply = door.ask("GET /api/service/courses", "", "").await;
    for (name, value) in contract {
        assert_eq!(reply.header(name), Some(value), "{name}");
    }
    let known = |name: &str| contract.iter().any(|(known, _)| *known == name);
    let own = ["content-type", "content-length", "date", "connection"];
    for (name, value) in &reply.headers {
        assert!(known(name) || own.contains(&name.as_str()), "{name}: {value}");
    }
}

#[tokio::test]
async fn incoming_credentials_go_nowhere() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let sent = "authorization: Bearer of.the.caller\r\ncookie: __session=of-the-caller\r\nproxy-authorization: Basic eDp5\r\n\
                x-service-key: of-the-caller\r\nuser-agent: of-the-caller\r\n";
    let reply = door.ask("GET /api/service/courses", sent, "").await;
    assert_eq!(reply.status, 200);
    let received = hemera.only();
    let keys: Vec<_> = received.headers.get_all("x-api-key").iter().collect();
    assert_eq!(keys, [crate::support::SERVICE_KEY]);
    let shown = format!("{:?}", received.headers);
    for foreign in ["of.the.caller", "of-the-caller", "eDp5", KEY] {
        assert!(!shown.contains(foreign), "{foreign}: {shown}");
    }
}

#[tokio::test]
async fn conditions_ids_and_traces_travel_on() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let sent = format!(
        "if-match: \"3\"\r\nif-match: \"4\"\r\nx-request-id: mine-1\r\ncontent-type: application/json; charset=utf-8\r\n\
         traceparent: 00-{trace}-00f067aa0ba902b7-01\r\n"
    );
    let body = "{\"resultNotes\":\"\\u00fc\" }";
    door.ask("PUT /api/service/participations/p_1/result", &sent, body)
        .await;
    let received = hemera.only();
    let header = |name: &str| received.headers.get(name).map(|value| value.to_str().unwrap());
    assert_eq!(header("if-match"), Some("\"3\", \"4\""));
    assert_eq!(header("x-request-id"), Some("mine-1"));
    assert_eq!(header("content-type"), Some("application/json; charset=utf-8"));
    assert!(header("traceparent").unwrap().contains(trace));
    assert_eq!(received.body, body);
}

/// So Hemera refuses a form as it always does, and a page's form is never taken for JSON.
#[tokio::test]
async fn the_media_type_is_not_made_up() {
    for (sent, expected) in [("", None), ("content-type: text/plain\r\n", Some("text/plain"))] {
        let hemera = Hemera::sending([Script::success()]).await;
        let door = Opened::before(&hemera);
        door.ask("PUT /api/service/participations/p_1/result", sent, "{}")
            .await;
        let received = hemera.only();
        let media_type = received
            .headers
            .get("content-type")
            .map(|value| value.to_str().unwrap());
        assert_eq!(media_type, expected);
    }
}

#[tokio::test]
async fn a_304_comes_back_to_the_callers_own_condition() {
    let hemera = Hemera::sending([Script::new(304, "").with("etag", "\"7\"")]).await;
    let door = Opened::before(&hemera);
    let reply = door
        .ask("GET /api/service/courses", "if-none-match: \"7\"\r\n", "")
        .await;
    assert_eq!((reply.status, reply.header("etag")), (304, Some("\"7\"")));
    assert!(reply.body.is_empty());
    assert_eq!(hemera.only().headers["if-none-match"], "\"7\"");
}

#[tokio::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let hemera = Hemera::sending([Script::success().with("etag", "\"7\"")]).await;
    let door = Opened::before(&hemera);
    let reply = door.ask("HEAD /api/service/courses", "", "").await;
    assert_eq!((reply.status, reply.header("etag")), (200, Some("\"7\"")));
    let length = Script::success().body().len().to_string();
    assert_eq!(reply.header("content-length"), Some(length.as_str()));
    assert!(reply.body.is_empty());
}

#[tokio::test]
async fn a_socket_passes_on_without_a_key() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let reply = door
        .ask_on_socket("GET /api/service/courses", "authorization: Bearer a.b.c\r\n")
        .await;
    assert_eq!(reply.body, Script::success().body());
    assert!(!hemera.only().headers.contains_key("authorization"));
}

#[tokio::test]
async fn one_connection_carries_many_requests() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let mut caller = door.caller().await;
    for _ in 0..3 {
        let head = format!(
            "GET /api/service/courses HTTP/1.1\r\nhost: {}\r\nx-api-key: {KEY}\r\n\r\n",
            door.address
        );
        caller.send(head).await;
        assert_eq!(caller.next().await.body, Script::success().body());
    }
    assert_eq!(hemera.received().len(), 3);
}

/// The callers of a page that opens sixty requests at once.
#[tokio::test]
async fn sixty_callers_at_once_are_all_answered() {
    let gate = Arc::new(Semaphore::new(0));
    let hemera = Hemera::sending([Script::success().after(&gate)]).await;
    let door = Opened::with(
        client(&hemera.origin).without_response_cache().build().unwrap(),
        |door| door,
    );
    let callers = (0..60).map(|_| {
        let (address, head) = (door.address, door.head());
        tokio::spawn(async move {
            let mut caller = Caller::on_tcp(address).await;
            caller
                .send(format!("GET /api/service/courses HTTP/1.1\r\n{head}\r\n"))
                .await;
            caller.last().await.status
        })
    });
    let callers: Vec<_> = callers.collect();
    while hemera.received().len() < 60 {
        hemera.arrival().await;
    }
    gate.add_permits(60);
    for caller in callers {
        assert_eq!(caller.await.unwrap(), 200);
    }
}
