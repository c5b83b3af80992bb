//! `GET /api/service/courses/{id}/materials`

use insta::assert_json_snapshot;
use serde_json::json;

use crate::academy::academy;

#[tokio::test]
async fn topics_come_in_curriculum_order_and_materials_by_sort_order_then_id() {
    let app = academy().await;
    let answer = app
        .service_key()
        .with("x-request-id", "request-1")
        .get("/api/service/courses/course_wandel/materials")
        .await;

    assert_json_snapshot!("course_materials", answer.json());
    app.finish().await;
}

#[tokio::test]
async fn a_course_without_a_curriculum_has_no_topics() {
    let app = academy().await;
    let answer = app
        .service_key()
        .get("/api/service/courses/course_undated/materials")
        .await;

    assert_eq!(
        answer.data(),
        json!({ "courseId": "course_undated", "topics": [] })
    );
    app.finish().await;
}
