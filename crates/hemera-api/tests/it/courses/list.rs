//! `GET /api/service/courses`: what it shows, and its filters.

use hemera_types::CourseSummary;
use serde_json::json;

use crate::academy::academy;
use crate::support::Answer;

const PATH: &str = "/api/service/courses";

fn ids(answer: &Answer) -> Vec<String> {
    let courses: Vec<CourseSummary> = serde_json::from_value(answer.data()).unwrap();
    courses.into_iter().map(|course| course.id.into()).collect()
}

#[tokio::test]
async fn published_courses_come_by_start_date_with_those_without_one_last() {
    let app = academy().await;
    let answer = app.service_key().get(PATH).await;

    assert_eq!(
        ids(&answer),
        ["course_wandel", "course_coaching", "course_undated"]
    );
    app.finish().await;
}

#[tokio::test]
async fn every_filter_leaves_what_matches_and_counts_just_that() {
    let app = academy().await;
    let cases = [
        ("level=INTERMEDIATE", vec!["course_wandel"]),
        ("published=false", vec!["course_hidden"]),
        ("published=false&level=BEGINNER", vec![]),
        // At the very moment: `From` takes it in, `Before` does not.
        ("startsFrom=2026-05-04T08:00:00Z", vec!["course_coaching"]),
        ("startsFrom=2026-05-04T08:00:00.001Z", vec![]),
        (
            "startsBefore=2026-05-04T08:00:00.001Z",
            vec!["course_wandel", "course_coaching"],
        ),
        ("startsBefore=2026-05-04T08:00:00Z", vec!["course_wandel"]),
        // In another offset it is the same moment.
        ("startsBefore=2026-05-04T10:00:00%2B02:00", vec!["course_wandel"]),
        // A course without that date does not match.
        ("endsFrom=2026-03-18T00:00:00Z", vec!["course_wandel"]),
        ("endsFrom=2026-03-18T00:00:00.001Z", vec![]),
        (
            "startsFrom=0000-01-01T00:00:00Z",
            vec!["course_wandel", "course_coaching"],
        ),
        (
            "startsFrom=2026-03-01T00:00:00Z&startsBefore=2026-04-01T00:00:00Z&level=INTERMEDIATE",
            vec!["course_wandel"],
        ),
    ];
    for (query, expected) in cases {
        let answer = app.service_key().get(&format!("{PATH}?{query}")).await;
        assert_eq!(ids(&answer), expected, "{query}");
        assert_eq!(
            answer.json()["pagination"],
            json!({ "total": expected.len(), "limit": 100, "offset": 0 }),
            "{query}"
        );
    }
    app.finish().await;
}

#[tokio::test]
async fn a_query_out_of_its_limits_is_refused_by_name() {
    let app = academy().await;
    let cases = [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=1.5", "limit"),
        ("limit=%2B5", "limit"),
        ("limit=", "limit"),
        ("offset=-1", "offset"),
        ("offset=1000001", "offset"),
        ("published=yes", "published"),
        ("level=beginner", "level"),
        ("startsFrom=2026-03-15", "startsFrom"),
        ("endsFrom=%00", "endsFrom"),
        ("updatedSince=yesterday", "updatedSince"),
        ("limit=5&limit=5", "limit"),
        ("page=2", "page"),
    ];
    for (query, field) in cases {
        let answer = app.service_key().get(&format!("{PATH}?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.faulty_fields(), [field], "{query}");
    }
    app.finish().await;
}

#[tokio::test]
async fn the_least_and_the_most_that_may_be_asked_for_are_answered() {
    let app = academy().await;
    for query in ["limit=1", "limit=500", "offset=1000000"] {
        let answer = app.service_key().get(&format!("{PATH}?{query}")).await;
        assert_eq!(answer.status, 200, "{query}");
        assert_eq!(answer.json()["pagination"]["total"], 3, "{query}");
    }
    app.finish().await;
}
