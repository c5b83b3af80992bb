//! What the commands that read show.

use serde_json::{Value, json};

use crate::support::Aither;
use crate::support::academy::{COURSE, PARTICIPATION, academy, lines};

#[tokio::test]
async fn courses_are_a_table_for_people() {
    let hemera = academy().await;
    let ended = Aither::at(&hemera).run(&["courses"]).await.succeeded();
    insta::assert_snapshot!("courses_table", ended.output);
    assert_eq!(ended.notes, "2 courses\n");
}

#[tokio::test]
async fn courses_are_one_line_of_json_for_programs() {
    let hemera = academy().await;
    let json = Aither::at(&hemera).json(&["courses"]).await;
    let ids: Vec<&Value> = json["courses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|course| &course["id"])
        .collect();
    assert_eq!(ids, ["course-0", COURSE]);
    assert_eq!(json["courses"][1]["participantCount"], 2);
    assert!(json["nextUpdatedSince"].is_string(), "{json}");
}

#[tokio::test]
async fn filters_of_courses_reach_hemera() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    for (filter, found) in [
        (&["--upcoming"][..], json!([COURSE])),
        (&["--starts-before", "2021-01-01"], json!(["course-0"])),
        (&["--starts-from", "2020-05-04T10:00:01+02:00"], json!([COURSE])),
        (
            &["--ends-from", "2030-01-01", "--level", "advanced"],
            json!([COURSE]),
        ),
        (&["--updated-since", "2030-01-01"], json!([])),
        (&["--unpublished"], json!(["draft"])),
        (&["--limit", "1"], json!(["course-0"])),
    ] {
        let json = aither.json(&[&["courses"], filter].concat()).await;
        let courses = json["courses"].as_array().unwrap();
        let ids: Value = courses.iter().map(|course| course["id"].clone()).collect();
        assert_eq!(ids, found, "{filter:?}");
    }
}

#[tokio::test]
async fn course_shows_who_has_booked_it_and_nothing_that_a_terminal_obeys() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let ended = aither.run(&["course", COURSE]).await.succeeded();
    insta::assert_snapshot!("course", ended.output);
    assert_eq!(ended.notes, "");
    let json = aither.json(&["course", COURSE]).await;
    assert_eq!(
        json["course"]["participants"][0]["participationId"],
        PARTICIPATION
    );
}

#[tokio::test]
async fn participation_shows_its_result_and_its_version() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    let ended = aither.run(&["participation", PARTICIPATION]).await.succeeded();
    insta::assert_snapshot!("participation", ended.output);
    let json = aither.json(&["participation", PARTICIPATION]).await;
    assert_eq!(
        (&json["version"], &json["participation"]["status"]),
        (&json!("1"), &json!("RESULT"))
    );
}

#[tokio::test]
async fn rate_limit_is_part_of_the_result_for_programs() {
    let hemera = aither_client::testing::InMemoryHemera::start().await.unwrap();
    let json = Aither::at(&hemera).json(&["courses"]).await;
    assert_eq!(json["rateLimit"]["limit"], 100);
    assert_eq!(json["rateLimit"]["burst"], 20);
    assert_eq!(json["rateLimit"]["remaining"], 19);
    assert_eq!(lines(&hemera), ["GET /api/service/courses"]);
}
