//! `GET /api/service/courses/{id}/materials`

use serde_json::json;

use crate::academy::academy;

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
