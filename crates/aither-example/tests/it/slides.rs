//! `/api/slides`

use serde_json::json;

use crate::support::{course_id, service};

#[tokio::test]
async fn the_deck_is_of_the_next_course_and_has_each_material_once() {
    let service = service().await;
    let deck = service.get("/api/slides").await.json();

    assert_eq!(deck["course"]["id"], "course_next");
    assert_eq!(deck["participants"][0]["name"], "Anna Becker");
    assert_eq!(deck["participants"][0]["preparationIntent"], "Lead a second team");
    let materials = deck["materials"].as_array().unwrap();
    let ids: Vec<_> = materials.iter().map(|material| &material["materialId"]).collect();
    assert_eq!(ids, ["material_a", "material_b"]);
    assert_eq!(
        materials[0]["topics"],
        json!([{ "topicId": "topic_1", "sortOrder": 0 }, { "topicId": "topic_2", "sortOrder": 5 }])
    );
    assert_eq!(materials[0]["htmlContent"], "<p>Text</p>");
    service.stop().await;
}

#[tokio::test]
async fn a_caller_may_name_the_course() {
    let service = service().await;
    let deck = service.get("/api/slides?course=course_over").await.json();
    assert_eq!(deck["course"]["id"], "course_over");
    service.stop().await;
}

#[tokio::test]
async fn courses_that_are_not_there_and_queries_that_are_none_are_refused() {
    let service = service().await;
    let error = service
        .get("/api/slides?course=course_none")
        .await
        .error(404, "NO_SUCH_COURSE");
    assert!(
        error["message"].as_str().unwrap().contains("course_none"),
        "{error}"
    );
    for query in ["course=", "course=a%20b", "kurs=course_next", "course=a&course=b"] {
        let refused = service.get(&format!("/api/slides?{query}")).await;
        refused.error(400, "INVALID_REQUEST");
    }
    for id in ["course_next", "course_later"] {
        assert!(service.hemera.remove_course(&course_id(id)));
    }
    service.get("/api/slides").await.error(404, "NO_NEXT_COURSE");
    service.stop().await;
}
