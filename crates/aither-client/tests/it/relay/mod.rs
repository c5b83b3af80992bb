//! Requests of other programs: they are sent as they came, and Hemera's responses are returned as they are.

mod cached;
mod refused;

use std::io::Write as _;

use aither_client::hemera_types::{Operation, RequestId, TraceParent};
use aither_client::{HeaderValue, RelayRequest, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::{Bench, Reply, Server};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn list() -> RelayRequest {
    RelayRequest::new(Operation::ListCourses)
}

fn course(id: &str) -> RelayRequest {
    RelayRequest::new(Operation::GetCourse).with_id(id)
}

fn write(id: &str) -> RelayRequest {
    let json = Some(HeaderValue::from_static("application/json"));
    RelayRequest::new(Operation::UpdateParticipationResult)
        .with_id(id)
        .with_body(json, "{ \"complete\" : true }")
}

/// The headers of a response, sorted by name.
fn headers(relayed: &aither_client::Relayed) -> Vec<(&str, &str)> {
    let headers = relayed.headers.iter();
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    headers.sort_unstable();
    headers
}

#[tokio::test]
async fn request_is_sent_as_it_came_with_the_credential_of_the_client() {
    let script = [Reply::unavailable(), Reply::json(200, "{}")];
    let bench = Bench::new(Server::script(script).await);
    let parent = TraceParent::parse(PARENT.as_bytes()).unwrap();
    let request = write("part_1")
        .with_query("x=%C3%A4&&y=a+b%20c")
        .with_if_match(HeaderValue::from_static("\"3\" , \"4\""))
        .with_request_id(RequestId::accept(b"their-own-id").unwrap())
        .in_trace(parent);
    let relayed = bench.client.relay(&request).await.unwrap();
    assert_eq!((relayed.status, relayed.info.attempts), (StatusCode::OK, 2));
    assert_eq!(relayed.info.request_id.as_str(), "their-own-id");
    for seen in bench.server.received() {
        assert_eq!(seen.method, "PUT");
        assert_eq!(
            seen.uri,
            "/api/service/participations/part_1/result?x=%C3%A4&&y=a+b%20c"
        );
        assert_eq!(seen.header("if-match"), "\"3\" , \"4\"");
        assert_eq!(seen.header("content-type"), "application/json");
        assert_eq!(seen.body, "{ \"complete\" : true }");
        assert_eq!(seen.header("x-request-id"), "their-own-id");
        assert_eq!(seen.header("authorization"), "Bearer token-1");
        let carried = TraceParent::parse(seen.header("traceparent").as_bytes()).unwrap();
        assert_eq!(carried.trace_id(), parent.trace_id());
        assert_ne!(carried.span_id(), parent.span_id());
    }
}

#[tokio::test]
async fn body_without_a_media_type_is_sent_without_one() {
    let bench = Bench::new(Server::always(Reply::json(415, "{}")).await);
    let typed = Some(HeaderValue::from_static("text/plain; charset=latin1"));
    let request = RelayRequest::new(Operation::UpdateParticipationResult).with_id("part_1");
    for (content_type, expected) in [(None, None), (typed, Some("text/plain; charset=latin1"))] {
        let request = request.clone().with_body(content_type, &b"\xff\x00"[..]);
        bench.client.relay(&request).await.unwrap();
        let seen = bench.server.received().pop().unwrap();
        let sent = seen
            .headers
            .get("content-type")
            .map(|value| value.to_str().unwrap());
        assert_eq!(sent, expected);
        assert_eq!(seen.body, &b"\xff\x00"[..]);
    }
}

/// Each is one segment below the operation's path, whatever it contains.
#[tokio::test]
async fn no_id_leads_to_another_path() {
    let bench = Bench::new(Server::always(Reply::json(400, "{}")).await);
    for (id, segment) in [
        ("../usage", "..%2Fusage"),
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("%2e%2e", "%252e%252e"),
        ("..\\x", "..%5Cx"),
        ("\u{e4}\r\nHost: x", "%C3%A4%0D%0AHost%3A%20x"),
        ("...", "..."),
    ] {
        let request = RelayRequest::new(Operation::GetCourseMaterials).with_id(id);
        bench.client.relay(&request).await.unwrap();
        let seen = bench.server.received().pop().unwrap();
        assert_eq!(
            seen.uri.to_string(),
            format!("/api/service/courses/{segment}/materials")
        );
    }
    let sent = bench.server.received().len();
    let of_no_resource = list().with_id("course_1");
    let without_id = RelayRequest::new(Operation::GetCourse);
    for request in [course(""), course("."), course(".."), of_no_resource, without_id] {
        let error = bench.client.relay(&request).await.unwrap_err();
        assert!(error.is_invalid(), "{error}");
        assert_eq!((error.attempts(), error.fields()[0].field.as_str()), (0, "id"));
    }
    assert_eq!(bench.server.received().len(), sent);
}

#[tokio::test]
async fn success_is_returned_byte_for_byte_with_the_headers_of_the_contract() {
    let body = "  {\"success\":true , \"data\":[1.0, \"\\u00e4\"],\n\"newer\":{}}\n";
    let reply = Reply::json(200, body)
        .with_header("etag", "\"7\"")
        .with_header("cache-control", "private, no-cache")
        .with_header("x-request-id", "server-1")
        .with_header("x-audit-record", "record-1")
        .with_header("x-ratelimit-limit", "100")
        .with_header("ratelimit", "\"burst\";r=19;t=1")
        .with_header("set-cookie", "session=1")
        .with_header("server", "proxy")
        .with_header("access-control-allow-origin", "*");
    let bench = Bench::new(Server::always(reply).await);
    let relayed = bench.client.relay(&list()).await.unwrap();
    assert_eq!(
        (relayed.status, &relayed.body[..]),
        (StatusCode::OK, body.as_bytes())
    );
    assert_eq!(
        headers(&relayed),
        [
            ("cache-control", "private, no-cache"),
            ("content-type", "application/json"),
            ("etag", "\"7\""),
            ("ratelimit", "\"burst\";r=19;t=1"),
            ("x-audit-record", "record-1"),
            ("x-ratelimit-limit", "100"),
            ("x-request-id", "server-1"),
        ]
    );
}

/// What is returned are the bytes before the compression, so the tag is theirs.
#[tokio::test]
async fn compressed_response_is_returned_as_one_that_is_not() {
    let gzip = |body: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    };
    let reply = Reply::json(200, "{ \"a\": 1 }").compressed("gzip", gzip);
    let bench = Bench::new(Server::always(reply.with_header("etag", "\"7-gzip\"")).await);
    let relayed = bench.client.relay(&list()).await.unwrap();
    assert_eq!(relayed.body, "{ \"a\": 1 }");
    let expected = [("content-type", "application/json"), ("etag", "\"7\"")];
    assert_eq!(headers(&relayed), expected);
}

#[tokio::test]
async fn debug_text_has_no_personal_data() {
    let bench = Bench::new(Server::always(Reply::json(200, "{\"name\":\"Ada\"}")).await);
    let note = Some(HeaderValue::from_static("application/json"));
    let request = write("part_1").with_body(note, "{\"resultNotes\":\"shy\"}");
    let relayed = bench.client.relay(&request).await.unwrap();
    let text = format!("{request:#?} {relayed:#?}");
    assert!(text.contains("part_1") && text.contains("body_bytes"), "{text}");
    assert!(!text.contains("shy") && !text.contains("Ada"), "{text}");
}
