//! The check that compares answers with the document finds wrong answers.

use http::{HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use crate::academy::academy;
use crate::support::{Answer, promised};

const PATH: &str = "/api/service/participations/part_anna";

async fn good() -> Answer {
    let app = academy().await;
    let answer = app.service().get(PATH).await;
    answer.assert_status(200);
    assert_eq!(judged(&answer), Ok(()));
    app.finish().await;
    answer
}

fn judged(answer: &Answer) -> Result<(), String> {
    promised(&Method::GET, PATH, answer)
}

#[tokio::test]
async fn wrong_body_is_detected() {
    let good = good().await;
    for (what, place, value) in [
        ("a field more", "/data/email", json!("anna@example.com")),
        ("another type", "/data/status", json!(7)),
        ("an unknown name", "/data/status", json!("LOST")),
        ("a null too many", "/data/createdAt", Value::Null),
        (
            "no milliseconds",
            "/data/createdAt",
            json!("2026-03-15T00:00:00Z"),
        ),
        ("an id with a blank", "/data/id", json!("part anna")),
        ("a failure", "/success", json!(false)),
        ("a message", "/message", json!("read")),
    ] {
        let mut body = good.json();
        let (parent, name) = place.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value;
        let wrong = Answer {
            text: body.to_string(),
            ..good.clone()
        };
        assert!(judged(&wrong).is_err(), "{what} is not found");
    }
    let mut body = good.json();
    body["data"].as_object_mut().unwrap().remove("resultNotes");
    let less = Answer {
        text: body.to_string(),
        ..good
    };
    assert!(judged(&less).is_err(), "a field less is not found");
}

#[tokio::test]
async fn wrong_header_is_detected() {
    let good = good().await;
    for name in [
        "x-request-id",
        "etag",
        "cache-control",
        "x-content-type-options",
        "content-type",
    ] {
        let mut less = good.clone();
        less.headers.remove(name);
        assert!(judged(&less).is_err(), "that {name} is missing is not found");
    }
    for (name, value) in [
        ("x-ratelimit-remaining", "many"),
        ("ratelimit", "r=1"),
        ("etag", "W/\"3\""),
        ("server", "hemera"),
        ("content-type", "text/html"),
    ] {
        let mut other = good.clone();
        other.headers.insert(name, HeaderValue::from_static(value));
        assert!(judged(&other).is_err(), "{name}: {value} is not found");
    }
}

#[tokio::test]
async fn wrong_status_is_detected() {
    let good = good().await;
    let with = |status| Answer {
        status,
        ..good.clone()
    };
    assert!(judged(&with(StatusCode::IM_A_TEAPOT)).is_err());
    assert!(
        judged(&with(StatusCode::NOT_MODIFIED)).is_err(),
        "a body where none may be"
    );
    let deleted = promised(&Method::DELETE, PATH, &good);
    assert!(
        deleted.is_err(),
        "an answer to a method that the route does not have"
    );
}
