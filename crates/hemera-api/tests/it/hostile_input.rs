//! Paths, parameters and bodies that are meant to break something: errors of the contract, and nothing is written.

use axum::body::Body;
use http::Method;

use crate::support::TestApp;

const RESULT: &str = "/api/service/participations/participation_1001/result";
const JSON: &str = "application/json";

/// Limits that are out of the way.
const SETTINGS: [(&str, &str); 2] = [
    ("HEMERA_LIMITS__API_CLIENT_RATE", "100000"),
    ("HEMERA_LIMITS__API_CLIENT_BURST", "100000"),
];

#[tokio::test]
async fn parameters_out_of_their_limits_are_named() {
    let app = TestApp::start_with(&SETTINGS).await;
    let service = app.service();
    let numbers = [
        "",
        "0",
        "-1",
        "501",
        "1.5",
        "1e2",
        "1e9",
        "%2B5",
        "+5",
        "5+",
        "0x10",
        "05x",
        "%00",
        "5%00",
        "%FF",
        "NaN",
        "Infinity",
        "null",
        "true",
        "%D9%A5",
        "%EF%BC%95",
        "18446744073709551616",
        "99999999999999999999999999999999999999999999",
        "%27%20OR%201%3D1--",
        "5%0D%0AX:y",
    ];
    for number in numbers {
        let answer = service.get(&format!("/api/service/courses?limit={number}")).await;
        assert_eq!(answer.faulty_fields(), ["limit"], "{number:?}");
    }
    let others = [
        ("limit=5&limit=5", "limit"),
        ("limit=5&%6Cimit=6", "limit"),
        ("limit[]=5", "limit[]"),
        ("LIMIT=5", "LIMIT"),
        ("limit%00=5", "limit\u{0}"),
        ("%FF=5", "\u{fffd}"),
        ("level=ADVANCED%00", "level"),
        ("published=1", "published"),
        ("startsFrom=2026-13-01T00:00:00Z", "startsFrom"),
        ("updatedSince=2026-02-30T00:00:00Z", "updatedSince"),
        ("offset=1000001", "offset"),
    ];
    for (query, field) in others {
        let answer = service.get(&format!("/api/service/courses?{query}")).await;
        assert_eq!(answer.faulty_fields(), [field], "{query}");
    }
    let long = format!("/api/service/courses?{}", "a=1&".repeat(2000));
    service.get(&long).await.assert_error(400, "VALIDATION_ERROR");
    app.finish().await;
}

#[tokio::test]
async fn ids_that_are_none_are_refused_before_the_database_is_asked() {
    let app = TestApp::start_with(&SETTINGS).await;
    let service = app.service();
    let long = "x".repeat(65);
    let ids = [
        "%00",
        "%FF",
        "%C0%AE%C0%AE",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "a%20b",
        "%27%20OR%201=1--",
        "%F0%9F%98%80",
        "a%0d%0ab",
        "a;b",
        "a.b",
        "$%7Bjndi:x%7D",
        "*",
        "%25",
        &long,
    ];
    for id in ids {
        for path in ["courses/{id}", "courses/{id}/materials", "participations/{id}"] {
            let path = format!("/api/service/{}", path.replace("{id}", id));
            assert_eq!(service.get(&path).await.faulty_fields(), ["id"], "{path}");
        }
        let path = format!("/api/service/participations/{id}/result");
        let writer = service.with("content-type", JSON);
        let put = writer.put_raw(&path, r#"{"complete":false}"#);
        assert_eq!(put.await.faulty_fields(), ["id"], "{path}");
    }
    for path in [
        "/api/service/courses/",
        "/api/service//courses",
        "/api/service/courses/a/b",
        "/api/service/courses/../usage",
        "/API/service/courses",
        "/api/service",
        "/api/service/courses%2Fa",
    ] {
        service.get(path).await.assert_error(404, "NOT_FOUND");
    }
    app.finish().await;
}

/// JSON that is none: 400 `INVALID_INPUT`.
const INVALID: &[(&str, &[u8])] = &[
    ("a raw NUL", b"{\"resultNotes\":\"a\0b\"}"),
    ("a lone high surrogate", br#"{"resultNotes":"\ud800"}"#),
    ("a lone low surrogate", br#"{"resultNotes":"\udc00"}"#),
    (
        "surrogates in the wrong order",
        br#"{"resultNotes":"\udc00\ud800"}"#,
    ),
    ("nothing", b""),
    ("a number beyond all numbers", br#"{"resultNotes":1e400}"#),
    ("NaN", br#"{"resultNotes":NaN}"#),
    ("a byte order mark", b"\xef\xbb\xbf{\"complete\":false}"),
    ("UTF-16", b"\xff\xfe{\0}\0"),
    ("broken UTF-8", b"{\"resultNotes\":\"\xc3\x28\"}"),
    ("two documents", br#"{"complete":false}{"complete":true}"#),
    ("a comma at the end", br#"{"complete":false,}"#),
    ("a comment", br#"{/**/"complete":false}"#),
    ("a form", b"complete=true"),
];

/// JSON that is not what is wanted: 400 `VALIDATION_ERROR`.
const FAULTY: &[(&str, &[u8])] = &[
    ("NUL in a text", br#"{"resultNotes":"a\u0000b"}"#),
    ("a member twice", br#"{"complete":true,"complete":false}"#),
    (
        "a member twice, once escaped",
        br#"{"complete":true,"compl\u0065te":false}"#,
    ),
    ("an empty object", b"{}"),
    ("an array", b"[]"),
    ("null", b"null"),
    ("a text", b"\"complete\""),
    ("complete null", br#"{"complete":null}"#),
    ("complete as a text", br#"{"complete":"true"}"#),
    ("complete 1", br#"{"complete":1}"#),
    ("a prototype", br#"{"__proto__":{"role":"admin"}}"#),
    ("another column", br#"{"status":"COMPLETE"}"#),
    ("a field in another case", br#"{"Complete":true}"#),
];

/// A body, and the status and code that it is answered with.
type Hostile = (&'static str, Vec<u8>, u16, &'static str);

fn bodies() -> Vec<Hostile> {
    let known = |code| move |(name, body): &(&'static str, &[u8])| (*name, body.to_vec(), 400, code);
    let (invalid, faulty) = (known("INVALID_INPUT"), known("VALIDATION_ERROR"));
    let texts = INVALID.iter().map(invalid).chain(FAULTY.iter().map(faulty));
    texts.chain(large_bodies()).collect()
}

fn large_bodies() -> Vec<Hostile> {
    let nested = |depth: usize| format!(r#"{{"resultNotes":{}1{}}}"#, "[".repeat(depth), "]".repeat(depth));
    let many: Vec<String> = (0..3000).map(|number| format!("\"f{number}\":0")).collect();
    let astral = format!(r#"{{"resultNotes":"{}"}}"#, "\u{1f600}".repeat(2001));
    let (faulty, too_large) = ("VALIDATION_ERROR", "PAYLOAD_TOO_LARGE");
    vec![
        ("2,001 astral characters", astral.into_bytes(), 400, faulty),
        ("10 MB", vec![b' '; 10_000_000], 413, too_large),
        ("one byte over the limit", vec![b' '; 65_537], 413, too_large),
        (
            "nested 30,000 deep",
            nested(30_000).into_bytes(),
            400,
            "INVALID_INPUT",
        ),
        ("nested 20 deep", nested(20).into_bytes(), 400, faulty),
        (
            "3,000 unknown members",
            format!("{{{}}}", many.join(",")).into_bytes(),
            400,
            faulty,
        ),
    ]
}

#[tokio::test]
async fn bodies_are_refused_with_an_error_of_the_contract_and_change_nothing() {
    let app = TestApp::start_with(&SETTINGS).await;
    let row = "select * from course_participations where id = 'participation_1001'";
    let before = app.database.rows(row).await;
    let service = app.service().with("content-type", JSON);
    for (name, body, status, code) in bodies() {
        let answer = service.put_raw(RESULT, body).await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {answer:#?}");
        answer.assert_error(status, code);
    }
    assert_eq!(app.database.rows(row).await, before);

    let most = format!(r#"{{"resultNotes":"{}"}}"#, "\u{1f600}".repeat(2000));
    service.put_raw(RESULT, most).await.assert_status(200);
    app.finish().await;
}

#[tokio::test]
async fn media_types_other_than_json_are_refused() {
    let app = TestApp::start_with(&SETTINGS).await;
    let body = r#"{"complete":false}"#;
    let types: [&[u8]; 9] = [
        b"",
        b"text/plain",
        b"text/json",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=x",
        b"application/jsonx",
        b"application/json, text/plain",
        b"application/merge-patch+json",
        b"application/json\xff",
    ];
    for media_type in types {
        let sender = app.service().with("content-type", media_type);
        let answer = sender.put_raw(RESULT, body).await;
        answer.assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let untyped = app.service().put_raw(RESULT, body).await;
    untyped.assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
    let twice = app
        .service()
        .with("content-type", JSON)
        .with("content-type", JSON);
    twice
        .put_raw(RESULT, body)
        .await
        .assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
    let packed = app
        .service()
        .with("content-type", JSON)
        .with("content-encoding", "gzip");
    packed
        .put_raw(RESULT, body)
        .await
        .assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
    app.finish().await;
}

/// Headers that other frameworks obey.
#[tokio::test]
async fn headers_that_would_mean_something_elsewhere_mean_nothing() {
    let app = TestApp::start_with(&SETTINGS).await;
    for (name, value) in [
        ("x-http-method-override", "PUT"),
        ("x-original-url", "/api/service/usage"),
        ("x-rewrite-url", "/api/service/usage"),
        ("x-forwarded-host", "evil.example"),
        ("x-user-id", "user_admin"),
        ("x-role", "admin"),
        ("forwarded", "for=127.0.0.1"),
    ] {
        let answer = app.service().with(name, value).get("/api/service/usage").await;
        answer.assert_error(403, "FORBIDDEN");
        assert!(!answer.text.contains("evil.example"), "{name}");
    }
    for method in ["TRACE", "CONNECT", "PROPFIND", "DELETE", "POST"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = app
            .service()
            .call(method, "/api/service/courses", Body::empty())
            .await;
        answer.assert_error(405, "METHOD_NOT_ALLOWED");
    }
    app.finish().await;
}
