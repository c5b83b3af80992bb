//! Large answers are compressed for those who take it, and are the same answers.

use axum::body::Body;
use http::Method;
use serde_json::json;

use crate::academy::empty_academy;
use crate::support::{Answer, Sender, TestApp};

const COURSES: &str = "/api/service/courses";

/// A list of 100 courses, some 25 kB, and a course whose bookings are one participation with long texts.
const LARGE: &str = "
    insert into courses (id, title, slug, level, published)
    select 'course_' || number, 'Führung im Wandel', 'fuehrung-' || number, 'BEGINNER', true
    from generate_series(1, 100) as number;
    insert into users (id, email) values ('user_1', 'gast@teilnehmer.example');
    insert into bookings (id, user_id, course_id) values ('booking_1', 'user_1', 'course_1');
    insert into course_participations (id, booking_id, course_id, user_id, result_outcome, result_notes)
    values ('participation_1', 'booking_1', 'course_1', 'user_1', repeat('Frei. ', 333), repeat('Klar. ', 333));
    insert into curriculum_topics (id, course_id, title, position) values ('topic_1', 'course_1', 'Ruhe', 1);
    insert into curriculum_materials (id, topic_id, identifier, title, html_content)
    values ('material_1', 'topic_1', 'ruhe', 'Ruhe', repeat('<p>Atmen.</p>', 1000));";

async fn large_academy() -> TestApp {
    let app = empty_academy().await;
    app.database.run(LARGE).await;
    app
}

fn taking(app: &TestApp, codings: &str) -> Sender {
    app.service_key().with("accept-encoding", codings)
}

/// The tag between its quotes.
fn tag(answer: &Answer) -> &str {
    answer.header("etag").trim_matches('"')
}

#[tokio::test]
async fn a_large_answer_is_the_same_and_smaller_under_a_tag_of_its_own() {
    let app = large_academy().await;
    for path in [
        COURSES,
        "/api/service/courses/course_1/materials",
        "/api/service/participations/participation_1",
    ] {
        let plain = app.service_key().get(path).await;
        plain.assert_status(200);
        assert!(!plain.has_header("content-encoding"));
        assert_eq!(plain.header("vary"), "accept-encoding");
        for coding in ["gzip", "br"] {
            let answer = taking(&app, coding).get(path).await;
            answer.assert_status(200);
            assert_eq!(answer.header("content-encoding"), coding);
            assert_eq!(answer.header("vary"), "accept-encoding");
            assert_eq!(answer.header("cache-control"), "private, no-cache");
            assert_eq!(answer.data(), plain.data());
            assert!(
                answer.sent * 4 < plain.sent,
                "{path}: {} of {}",
                answer.sent,
                plain.sent
            );
            assert_eq!(tag(&answer), format!("{}-{coding}", tag(&plain)));
        }
        for neither in ["identity", "zstd", "gzip;q=0, *;q=0", "identity;q=0"] {
            let answer = taking(&app, neither).get(path).await;
            answer.assert_status(200);
            assert_eq!(
                (answer.sent, tag(&answer)),
                (plain.sent, tag(&plain)),
                "{neither}"
            );
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn head_tells_of_the_variant_that_get_would_send() {
    let app = large_academy().await;
    let sender = taking(&app, "br").with("x-request-id", "the-request");
    let get = sender.get(COURSES).await;
    let head = sender.call(Method::HEAD, COURSES, Body::empty()).await;
    assert_eq!((head.status, head.sent), (get.status, 0));
    for name in [
        "content-encoding",
        "content-type",
        "etag",
        "vary",
        "cache-control",
    ] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    assert!(!head.has_header("content-length") && !get.has_header("content-length"));
    app.finish().await;
}

/// However it was read: plain or in either coding.
#[tokio::test]
async fn who_has_any_variant_is_not_sent_another() {
    let app = large_academy().await;
    let plain = tag(&app.service_key().get(COURSES).await).to_owned();
    for known in ["", "-gzip", "-br"].map(|suffix| format!("\"{plain}{suffix}\"")) {
        for codings in ["identity", "gzip", "gzip, br"] {
            let answer = taking(&app, codings)
                .with("if-none-match", &known)
                .get(COURSES)
                .await;
            assert_eq!((answer.status.as_u16(), answer.sent), (304, 0));
            // A cache updates what it has under this very tag.
            assert_eq!(answer.header("etag"), known);
            assert_eq!(answer.header("vary"), "accept-encoding");
            assert!(!answer.has_header("content-encoding"));
        }
    }
    let other = format!("\"{plain}-zstd\"");
    let answer = taking(&app, "gzip")
        .with("if-none-match", other)
        .get(COURSES)
        .await;
    answer.assert_status(200);
    app.finish().await;
}

#[tokio::test]
async fn what_was_read_compressed_can_be_written_under_its_tag() {
    let app = large_academy().await;
    let path = "/api/service/participations/participation_1";
    let read = taking(&app, "gzip").get(path).await;
    assert_eq!(read.header("etag"), "\"1-gzip\"");
    let result = format!("{path}/result");
    for (known, status) in [
        ("\"1-gzip\"", 200),
        ("\"1-br\"", 412),
        ("\"2-br\"", 200),
        ("\"2\"", 412),
    ] {
        let body = json!({ "resultNotes": format!("Auf {known} hin.") });
        let answer = taking(&app, "gzip")
            .with("if-match", known)
            .put(&result, &body)
            .await;
        assert_eq!(answer.status.as_u16(), status, "{known}: {}", answer.text);
    }
    app.finish().await;
}

/// Too small, or not asked for with a GET, or no success: compressing it would cost more than it saves.
#[tokio::test]
async fn nothing_else_is_compressed() {
    let app = large_academy().await;
    let sender = taking(&app, "gzip, br");
    let small = sender.get("/api/service/courses?limit=1").await;
    small.assert_status(200);
    let missing = sender.get("/api/service/courses/nothing").await;
    missing.assert_error(404, "NOT_FOUND");
    let unknown: Vec<String> = (0..100).map(|number| format!("unknown{number}=1")).collect();
    let long = format!("/api/service/courses?{}", unknown.join("&"));
    let long = sender.get(&long).await;
    long.assert_error(400, "VALIDATION_ERROR");
    assert!(long.sent > 4096);
    let path = "/api/service/participations/participation_1/result";
    let written = sender.put(path, &json!({ "complete": true })).await;
    written.assert_status(200);
    assert!(written.sent > 4096);
    assert_eq!(written.header("etag"), "\"2\"");
    for answer in [small, missing, long, written] {
        assert!(!answer.has_header("content-encoding"), "{answer:#?}");
        assert_eq!(answer.header("content-length"), answer.sent.to_string());
    }
    app.finish().await;
}

/// The threshold that docs/api.md tells: from 4096 bytes on.
#[tokio::test]
async fn the_threshold_is_the_documented_one() {
    let document = include_str!("../../../../docs/api.md");
    assert!(document.contains("from 4096 bytes on"));
    let app = empty_academy().await;
    app.database
        .run(
            "insert into courses (id, title, slug, level, published) values ('c', '', 'c', 'BEGINNER', true)",
        )
        .await;
    let plain = app.service_key().with("x-request-id", "a").get(COURSES).await;
    for (length, compressed) in [(4095, false), (4096, true)] {
        let title = "x".repeat(length - plain.sent);
        app.database
            .run(&format!("update courses set title = '{title}'"))
            .await;
        let sender = app.service_key().with("x-request-id", "a");
        assert_eq!(sender.get(COURSES).await.sent, length);
        let answer = sender.with("accept-encoding", "gzip").get(COURSES).await;
        assert_eq!(answer.has_header("content-encoding"), compressed, "{length}");
    }
    app.finish().await;
}
