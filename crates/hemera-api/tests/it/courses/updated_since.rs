//! `updatedSince` and `updatedAt`: a consumer that polls finds every change.

use serde_json::Value;

use crate::academy::{ACADEMY, NOTHING, academy, empty_academy};
use crate::support::TestApp;

async fn updated_at(app: &TestApp, id: &str) -> String {
    let answer = app.service_key().get("/api/service/courses?limit=500").await;
    let data = answer.data();
    let courses = data.as_array().unwrap();
    let course = courses.iter().find(|course| course["id"] == id).unwrap();
    course["updatedAt"].as_str().unwrap().to_owned()
}

async fn found_since(app: &TestApp, since: &str) -> Vec<String> {
    let path = format!("/api/service/courses?updatedSince={since}");
    let answer = app.service_key().get(&path).await;
    let data = answer.data();
    let courses = data.as_array().unwrap();
    assert_eq!(answer.json()["pagination"]["total"], courses.len());
    courses
        .iter()
        .map(|course| course["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn it_is_the_latest_of_course_bookings_and_participations() {
    let app = academy().await;

    // Course 1 January, bookings up to 10 January, a participation 1 March.
    assert_eq!(
        updated_at(&app, "course_wandel").await,
        "2025-03-01T10:00:00.000Z"
    );
    // Only a booking, 11 January.
    assert_eq!(
        updated_at(&app, "course_coaching").await,
        "2025-01-11T09:00:00.000Z"
    );
    assert_eq!(
        updated_at(&app, "course_undated").await,
        "2025-01-01T00:00:00.000Z"
    );

    assert_eq!(
        found_since(&app, "2025-03-01T10:00:00Z").await,
        ["course_wandel"],
        "from that very moment on"
    );
    assert_eq!(
        found_since(&app, "2025-03-01T10:00:00.001Z").await,
        Vec::<String>::new()
    );
    assert_eq!(
        found_since(&app, "2025-01-11T09:00:00Z").await,
        ["course_wandel", "course_coaching"]
    );
    assert_eq!(found_since(&app, "2025-01-01T00:00:00Z").await.len(), 3);

    let detail = app.service_key().get("/api/service/courses/course_wandel").await;
    assert_eq!(detail.data()["updatedAt"], "2025-03-01T10:00:00.000Z");
    app.finish().await;
}

/// Changes of a course and of what is below it, and the course that each is a change of.
const CHANGES: [(&str, &str); 14] = [
    (
        "update bookings set payment_status = 'PAID' where id = 'booking_d'",
        "course_coaching",
    ),
    (
        "insert into bookings (id, course_id, user_id) values ('booking_e', 'course_undated', 'user_anna')",
        "course_undated",
    ),
    (
        "insert into course_participations (id, booking_id, course_id, user_id)
             values ('part_new', 'booking_d', 'course_coaching', 'user_anna')",
        "course_coaching",
    ),
    (
        "update course_participations set result_notes = 'x' where id = 'part_bernd'",
        "course_wandel",
    ),
    (
        "delete from course_participations where id = 'part_anna'",
        "course_wandel",
    ),
    ("delete from bookings where id = 'booking_d'", "course_coaching"),
    (
        "update courses set title = 'Neu' where id = 'course_undated'",
        "course_undated",
    ),
    (
        "update curriculum_topics set title = 'Neu' where id = 'topic_empty'",
        "course_wandel",
    ),
    (
        "update curriculum_materials set html_content = '' where id = 'material_a'",
        "course_wandel",
    ),
    (
        "delete from curriculum_materials where id = 'material_a'",
        "course_wandel",
    ),
    (
        "insert into curriculum_topics (id, course_id, title, position) values ('topic_new', 'course_undated', 'T', 1)",
        "course_undated",
    ),
    (
        "insert into curriculum_topic_materials (topic_id, material_id) values ('topic_empty', 'material_a')",
        "course_wandel",
    ),
    (
        "update curriculum_topic_materials set sort_order = 7 where material_id = 'material_a'",
        "course_wandel",
    ),
    (
        "delete from curriculum_topic_materials where material_id = 'material_a'",
        "course_wandel",
    ),
];

#[tokio::test]
async fn every_change_of_a_course_and_below_it_shows() {
    let app = empty_academy().await;
    for (change, course) in CHANGES {
        app.database.run(NOTHING).await;
        app.database.run(ACADEMY).await;
        let before = updated_at(&app, course).await;
        app.database.run(change).await;
        let after = updated_at(&app, course).await;
        assert!(after > before, "{change}: {before} → {after}");
        let found = found_since(&app, &after).await;
        assert!(found.contains(&course.to_owned()), "{change}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_statement_that_changes_nothing_does_not_show() {
    let app = academy().await;
    for statement in [
        "update courses set title = title",
        "update bookings set payment_status = payment_status",
        "update course_participations set result_notes = result_notes, version = 99, updated_at = now()",
    ] {
        app.database.run(statement).await;
        assert!(
            found_since(&app, "2025-03-02T00:00:00Z").await.is_empty(),
            "{statement}"
        );
    }
    app.finish().await;
}

#[tokio::test]
async fn a_result_that_is_written_moves_its_course() {
    let app = academy().await;
    let before = updated_at(&app, "course_wandel").await;
    let answer = app
        .service_key()
        .write(
            "/api/service/participations/part_bernd/result",
            r#"{"complete":true}"#,
        )
        .await;

    let written: Value = answer.data()["updatedAt"].clone();
    assert_eq!(updated_at(&app, "course_wandel").await, written);
    assert!(written.as_str().unwrap() > before.as_str());
    app.finish().await;
}

/// A material of two courses, and the courses that a change of it is a change of.
#[tokio::test]
async fn a_change_of_a_material_shows_in_all_courses_that_have_it_and_of_its_topics_in_theirs() {
    let app = empty_academy().await;
    let both = ["course_undated", "course_wandel"].as_slice();
    for (change, courses) in [
        (
            "update curriculum_materials set html_content = '' where id = 'material_a'",
            both,
        ),
        ("delete from curriculum_materials where id = 'material_a'", both),
        (
            "delete from curriculum_topic_materials where topic_id = 'topic_first' and material_id = 'material_a'",
            &["course_wandel"],
        ),
        (
            "update curriculum_topic_materials set sort_order = 3 where topic_id = 'topic_new'",
            &["course_undated"],
        ),
    ] {
        app.database.run(NOTHING).await;
        app.database.run(ACADEMY).await;
        app.database
            .run(
                "insert into curriculum_topics (id, course_id, title, position)
                    values ('topic_new', 'course_undated', 'T', 1);
                 insert into curriculum_topic_materials (topic_id, material_id) values ('topic_new', 'material_a');
                 alter table courses disable trigger courses_keep_updated_at;
                 update courses set updated_at = '2025-01-01T00:00:00Z';
                 alter table courses enable trigger courses_keep_updated_at",
            )
            .await;
        app.database.run(change).await;
        let mut found = found_since(&app, "2025-06-01T00:00:00Z").await;
        found.sort_unstable();
        assert_eq!(found, courses, "{change}");
    }
    app.finish().await;
}
