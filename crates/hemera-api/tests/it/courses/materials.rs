//! `GET /api/service/courses/{id}/materials`

use serde_json::{Value, json};

use crate::academy::academy;
use crate::support::TestApp;

const MATERIALS: &str = "/api/service/courses/course_wandel/materials";

/// What the service shows: each topic with the ids of its materials and their places.
pub(super) async fn shown(app: &TestApp, course: &str) -> Value {
    let path = format!("/api/service/courses/{course}/materials");
    let data = app.service_key().get(&path).await.data();
    let topics = data["topics"].as_array().unwrap().iter();
    topics
        .map(|topic| {
            let materials = topic["materials"].as_array().unwrap().iter();
            let places: Vec<Value> = materials
                .map(|material| json!([material["materialId"], material["sortOrder"]]))
                .collect();
            json!([topic["topicId"], places])
        })
        .collect()
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

#[tokio::test]
async fn a_material_of_two_topics_is_shown_in_both_with_its_place_in_each() {
    let app = academy().await;
    app.database
        .run(
            "insert into curriculum_topic_materials (topic_id, material_id, sort_order) values
                ('topic_second', 'material_c', 5), ('topic_second', 'material_b', 0)",
        )
        .await;

    assert_eq!(
        shown(&app, "course_wandel").await,
        json!([
            [
                "topic_first",
                [["material_c", 0], ["material_a", 1], ["material_b", 1]]
            ],
            // Equal places are in the order of ids.
            [
                "topic_second",
                [["material_b", 0], ["material_d", 0], ["material_c", 5]]
            ],
            ["topic_empty", []],
        ])
    );
    let data = app.service_key().get(MATERIALS).await.data();
    let (first, second) = (
        &data["topics"][0]["materials"][2],
        &data["topics"][1]["materials"][0],
    );
    for field in ["materialId", "identifier", "title", "htmlContent"] {
        assert_eq!(first[field], second[field], "{field}");
    }

    app.database
        .run("delete from curriculum_topic_materials where topic_id = 'topic_first' and material_id = 'material_b'")
        .await;
    assert_eq!(
        shown(&app, "course_wandel").await,
        json!([
            ["topic_first", [["material_c", 0], ["material_a", 1]]],
            [
                "topic_second",
                [["material_b", 0], ["material_d", 0], ["material_c", 5]]
            ],
            ["topic_empty", []],
        ])
    );
    app.finish().await;
}

#[tokio::test]
async fn each_change_of_a_materials_topics_changes_the_etag() {
    let app = academy().await;
    let first = app.service_key().get(MATERIALS).await.header("etag").to_owned();
    let mut known = first.clone();
    for change in [
        "insert into curriculum_topic_materials (topic_id, material_id) values ('topic_empty', 'material_b')",
        "update curriculum_topic_materials set sort_order = 9 where topic_id = 'topic_empty'",
        "delete from curriculum_topic_materials where topic_id = 'topic_empty'",
    ] {
        app.database.run(change).await;
        let answer = app
            .service_key()
            .with("if-none-match", &known)
            .get(MATERIALS)
            .await;
        answer.assert_status(200);
        answer.header("etag").clone_into(&mut known);
    }
    assert_eq!(known, first, "the same content has the same tag");
    let same = "update curriculum_topic_materials set sort_order = sort_order";
    app.database.run(same).await;
    let answer = app
        .service_key()
        .with("if-none-match", &known)
        .get(MATERIALS)
        .await;
    answer.assert_status(304);
    app.finish().await;
}

/// Slides refer to a material by its identifier, within a topic.
#[tokio::test]
async fn within_a_topic_an_identifier_names_one_material() {
    let app = academy().await;
    app.database
        .run("insert into curriculum_topic_materials (topic_id, material_id) values ('topic_second', 'material_a')")
        .await;
    for (sql, refusal) in [
        (
            "insert into curriculum_materials (id, topic_id, identifier, title)
                values ('material_e', 'topic_second', 'standort', 'Standort')",
            "curriculum_topic_materials_identifier",
        ),
        (
            "update curriculum_materials set identifier = 'rollenspiel' where id = 'material_a'",
            "curriculum_topic_materials_identifier",
        ),
        (
            "insert into curriculum_topic_materials (topic_id, material_id) values ('topic_second', 'material_none')",
            "curriculum_topic_materials_material",
        ),
    ] {
        let said = app.database.refusal(sql).await;
        assert!(said.contains(refusal), "{said}: {sql}");
    }
    app.finish().await;
}
