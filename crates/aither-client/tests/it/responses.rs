//! Decoding of responses, and the errors of responses that cannot be decoded.

use aither_client::hemera_types::{CourseId, CourseLevel, CourseSummary, Open};
use aither_client::{Error, Page, Response};
use serde_json::json;

use crate::support::{Bench, Reply, Server, course, course_page};

async fn list_of(reply: Reply) -> Result<Page<CourseSummary>, Error> {
    let bench = Bench::new(Server::always(reply).await);
    bench.list().await.map(Response::into_inner)
}

#[tokio::test]
async fn page_has_its_position_and_time() {
    let page = list_of(Reply::courses()).await.unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(page.items[0].level, CourseLevel::Advanced);
    assert_eq!(page.items[0].participant_count, 7);
    assert_eq!(page.pagination.unwrap().total, 3);
    assert_eq!(page.next_offset(), Some(1));
    assert_eq!(page.as_of.to_string(), "2026-03-15T12:00:00.000Z");
    assert_eq!(page.request_id.as_str(), "server-1");
}

#[tokio::test]
async fn unknown_fields_and_values_are_accepted() {
    let mut body = course_page();
    body["data"][0]["level"] = json!("EXPERT");
    body["data"][0]["language"] = json!("de");
    body["deprecations"] = json!([]);
    let page = list_of(Reply::json(200, body)).await.unwrap();
    assert_eq!(page.items[0].level, Open::Unknown("EXPERT".to_owned()));
}

#[tokio::test]
async fn decoding_error_names_the_position() {
    let mut body = course();
    body["data"]["participants"] = json!([{ "bookingId": 7 }]);
    let bench = Bench::new(Server::always(Reply::json(200, body)).await);
    let error = bench
        .client
        .service_course(&CourseId::parse("course_1").unwrap())
        .await
        .unwrap_err();
    assert!(error.is_undecodable() && !error.is_transient());
    assert_eq!((error.attempts(), bench.server.received().len()), (1, 1));
    assert!(
        error.to_string().contains("data.participants[0].bookingId"),
        "{error}"
    );
}

#[tokio::test]
async fn success_status_with_failure_body_is_undecodable() {
    let mut body = course_page();
    body["success"] = json!(false);
    let error = list_of(Reply::json(200, body)).await.unwrap_err();
    assert!(error.is_undecodable());
    assert!(error.to_string().contains("success"), "{error}");
}

#[tokio::test]
async fn empty_body_or_trailing_text_is_undecodable() {
    for body in [String::new(), "<html>".to_owned(), format!("{}x", course_page())] {
        assert!(
            list_of(Reply::json(200, body))
                .await
                .unwrap_err()
                .is_undecodable()
        );
    }
    assert!(list_of(Reply::json(204, "")).await.unwrap_err().is_undecodable());
}

#[tokio::test]
async fn oversized_body_is_cut_off_with_or_without_content_length() {
    for reply in [Reply::json(200, " ".repeat(17 * 1024 * 1024)), Reply::Endless] {
        let error = list_of(reply).await.unwrap_err();
        assert!(error.to_string().contains("larger than"), "{error}");
        assert_eq!(error.attempts(), 1);
    }
}
