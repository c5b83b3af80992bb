//! Which course a recording belongs to.

use aither_client::testing::{CourseSeed, InMemoryHemera};
use aither_flows::recordings::{self, Recording, RecordingError};

use crate::support::{builder, clock, course_id, new_client, time};

const URL: &str = "https://stream.example.com/a.m3u8";

fn course(id: &str, start: &str, end: &str) -> CourseSeed {
    CourseSeed::new(course_id(id), format!("Course {id}"))
        .starting(time(start))
        .ending(time(end))
}

fn recorded(at: &str) -> Recording {
    Recording::parse("asset_1", URL, at).unwrap()
}

/// One course in March, two in May that overlap, one without an end, one that is not published.
async fn academy() -> InMemoryHemera {
    builder(&clock())
        .with_courses([
            course("march", "2026-03-01T08:00:00Z", "2026-03-03T16:00:00Z"),
            course("may-1", "2026-05-01T08:00:00Z", "2026-05-10T16:00:00Z"),
            course("may-2", "2026-05-05T08:00:00Z", "2026-05-20T16:00:00Z"),
            course("draft", "2026-01-01T08:00:00Z", "2026-12-31T16:00:00Z").unpublished(),
            CourseSeed::new(course_id("open"), "Without an end").starting(time("2026-08-01T08:00:00Z")),
            CourseSeed::new(course_id("unscheduled"), "Without dates"),
        ])
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn the_course_that_ran_is_found_with_one_request_and_its_bounds_are_included() {
    let hemera = academy().await;
    let client = new_client(&hemera);
    for (at, expected) in [
        ("2026-03-01T08:00:00.000Z", "march"),
        ("2026-03-02T01:00:00+02:00", "march"),
        ("2026-03-03T17:00:00.000+01:00", "march"),
        ("2026-05-04T12:00:00Z", "may-1"),
        ("2026-05-20T16:00:00.0009Z", "may-2"),
    ] {
        hemera.clear_requests();
        let filing = recordings::file(&client, &recorded(at)).await.unwrap();
        assert_eq!(filing.course.id, course_id(expected), "{at}");
        assert_eq!(hemera.requests().len(), 1, "{at}");
    }
    let filing = recordings::file(&client, &recorded("2026-03-02T01:00:00+02:00"))
        .await
        .unwrap();
    let json = serde_json::to_value(&filing).unwrap();
    assert_eq!(json["assetId"], "asset_1");
    assert_eq!(json["playbackUrl"], URL);
    assert_eq!(json["recordedAt"], "2026-03-01T23:00:00.000Z");
    assert_eq!(json["course"]["slug"], "march");
    assert_eq!(
        serde_json::from_value::<recordings::Filing>(json).unwrap(),
        filing
    );
}

#[tokio::test]
async fn a_moment_outside_the_bounds_is_outside_and_the_nearest_course_is_named() {
    let hemera = academy().await;
    let client = new_client(&hemera);
    for (at, expected, away) in [
        ("2026-03-01T07:59:59.999Z", "march", 0),
        ("2026-03-03T16:00:01.000Z", "march", 1),
        ("2026-04-01T07:00:00Z", "march", 28 * 86_400 + 15 * 3_600),
        ("2026-04-30T08:00:00Z", "may-1", 86_400),
        ("2026-07-31T08:00:00Z", "open", 86_400),
        ("2026-09-01T08:00:00Z", "open", 0),
    ] {
        let error = recordings::file(&client, &recorded(at)).await.unwrap_err();
        let RecordingError::NoCourse {
            nearest: Some(nearest),
            ..
        } = &error
        else {
            panic!("{at}: {error}");
        };
        assert_eq!(
            (nearest.course.id.as_str(), nearest.away.as_secs()),
            (expected, away),
            "{at}"
        );
        let text = error.to_string();
        assert!(
            text.contains(&format!("the nearest is {expected} (")) && text.contains("check the date"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn several_courses_are_an_error_that_lists_all_and_a_named_one_decides() {
    let hemera = academy().await;
    let client = new_client(&hemera);
    let both = recorded("2026-05-05T08:00:00Z");
    let error = recordings::file(&client, &both).await.unwrap_err();
    let RecordingError::SeveralCourses { courses, .. } = &error else {
        panic!("{error}");
    };
    let ids: Vec<&str> = courses.iter().map(|course| course.id.as_str()).collect();
    assert_eq!(ids, ["may-1", "may-2"]);
    assert!(
        error
            .to_string()
            .contains("may-1 (Course may-1, 2026-05-01T08:00:00.000Z to"),
        "{error}"
    );

    let filing = recordings::file(&client, &both.clone().of_course(course_id("may-2")))
        .await
        .unwrap();
    assert_eq!(filing.course.id, course_id("may-2"));
    for (id, expected) in [
        ("march", "did not run"),
        ("open", "no date) did not run"),
        ("none", "no course none"),
    ] {
        let error = recordings::file(&client, &both.clone().of_course(course_id(id)))
            .await
            .unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn without_any_course_there_is_no_nearest() {
    let hemera = builder(&clock()).start().await.unwrap();
    let error = recordings::file(&new_client(&hemera), &recorded("2026-05-05T08:00:00Z"))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("none has dates"), "{error}");
}

#[tokio::test]
async fn the_nearest_of_more_courses_than_a_page_has_is_found_with_one_request_more() {
    let many = (0..1_200).map(|number| {
        let start = time("2020-01-01T08:00:00Z").to_offset_date_time() + time_days(number);
        CourseSeed::new(course_id(&format!("course_{number}")), "One of many")
            .starting(start.into())
            .ending((start + std::time::Duration::from_hours(1)).into())
    });
    let hemera = builder(&clock()).with_courses(many).start().await.unwrap();
    let error = recordings::file(&new_client(&hemera), &recorded("2030-01-01T00:00:00Z"))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("the nearest is course_1199 "),
        "{error}"
    );
    assert_eq!(hemera.requests().len(), 4);
}

fn time_days(days: u32) -> std::time::Duration {
    std::time::Duration::from_hours(24) * days
}
