//! Courses and materials that are read only if a stored version is no longer current.

use aither_client::Version;
use aither_client::hemera_types::CourseId;

use crate::support::{Bench, Received, Reply, Server, course, envelope, failure};

/// Answers 304 to the tag `"2"`, and 200 with it to everything else.
fn second_version(seen: &Received) -> Reply {
    if seen.if_none_match() == "\"2\"" {
        return Reply::unchanged("\"2\"");
    }
    let materials = serde_json::json!({ "courseId": "course_1", "topics": [] });
    let body = if seen.uri.path().ends_with("/materials") {
        envelope(&materials)
    } else {
        course()
    };
    Reply::json(200, body).with_header("etag", "\"2\"")
}

#[tokio::test]
async fn the_known_version_is_not_sent_again_and_another_one_is() {
    let bench = Bench::new(Server::by(second_version).await);
    let id = CourseId::parse("course_1").unwrap();
    let first = Version::parse("\"1\"").unwrap();
    let course = bench
        .client
        .service_course_unless(&id, Some(&first))
        .await
        .unwrap()
        .into_inner()
        .unwrap();
    assert_eq!(course.id, id);
    // As a program stores it and reads it again.
    let second = Version::parse(&course.version.to_string()).unwrap();
    let unchanged = bench
        .client
        .service_course_unless(&id, Some(&second))
        .await
        .unwrap();
    assert!(unchanged.is_none() && unchanged.info().attempts == 1);

    let materials = bench
        .client
        .service_course_materials_unless(&id, None)
        .await
        .unwrap()
        .into_inner();
    let materials = materials.unwrap();
    assert_eq!(
        (materials.course_id.as_str(), &materials.version),
        ("course_1", &second)
    );
    let unchanged = bench
        .client
        .service_course_materials_unless(&id, Some(&second))
        .await
        .unwrap();
    assert!(unchanged.is_none());
}

#[tokio::test]
async fn the_stored_version_is_sent_whatever_the_response_cache_has() {
    let bench = Bench::new(Server::by(second_version).await);
    let id = CourseId::parse("course_1").unwrap();
    bench.client.service_course(&id).await.unwrap();
    let first = Version::parse("\"1\"").unwrap();
    let read = bench
        .client
        .service_course_unless(&id, Some(&first))
        .await
        .unwrap();
    assert!(read.is_some());
    let tags: Vec<String> = bench
        .server
        .received()
        .iter()
        .map(|seen| seen.if_none_match().to_owned())
        .collect();
    assert_eq!(tags, ["", "\"1\""]);
}

#[tokio::test]
async fn a_course_that_is_gone_is_an_error() {
    let missing = Reply::json(404, failure("NOT_FOUND", "Not found"));
    let bench = Bench::new(Server::always(missing).await);
    let id = CourseId::parse("course_1").unwrap();
    let version = Version::parse("\"1\"").unwrap();
    let error = bench
        .client
        .service_course_unless(&id, Some(&version))
        .await
        .unwrap_err();
    assert!(error.is_not_found() && error.code().is_some());
}
