//! `GET /api/service/courses/{id}`

use serde_json::json;

use crate::academy::academy;

#[tokio::test]
async fn nothing_about_addresses_or_payment_is_shown() {
    let app = academy().await;
    let answer = app.service_key().get("/api/service/courses/course_wandel").await;
    let text = answer.text;

    for word in ["@", "PAID", "OPEN", "payment", "email"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_course_without_bookings_has_two_empty_lists_published_or_not() {
    let app = academy().await;
    for id in ["course_undated", "course_hidden"] {
        let answer = app.service_key().get(&format!("/api/service/courses/{id}")).await;
        assert_eq!(answer.data()["participants"], json!([]), "{id}");
        assert_eq!(answer.data()["participations"], json!([]), "{id}");
    }
    app.finish().await;
}

#[tokio::test]
async fn an_id_that_names_no_course_is_not_found_and_one_that_is_none_is_refused() {
    let app = academy().await;
    for path in ["", "/materials"] {
        let missing = app
            .service_key()
            .get(&format!("/api/service/courses/course_none{path}"))
            .await;
        let error = missing.assert_error(404, "NOT_FOUND");
        assert_eq!(error["message"], "Course not found");
        let too_long = "x".repeat(65);
        for id in ["caf%C3%A9", "a%00b", "a%20b", "a'b", "%FF", too_long.as_str()] {
            let refused = app
                .service_key()
                .get(&format!("/api/service/courses/{id}{path}"))
                .await;
            assert_eq!(refused.faulty_fields(), ["id"], "{id}{path}");
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn a_row_that_breaks_the_contract_is_our_fault_and_shows_nothing_of_it() {
    let app = academy().await;
    app.database
        .run(
            "alter table courses drop constraint courses_id_check;
             insert into courses (id, title, slug, level, published) values ('course broken', 'B', 'b', 'BEGINNER', true)",
        )
        .await;
    let answer = app.service_key().get("/api/service/courses").await;

    answer.assert_error(500, "INTERNAL_ERROR");
    assert!(!answer.text.contains("broken"));
    app.finish().await;
}
