//! What a test puts into the world is what its application reads.

use aither_client::hemera_types::{
    BookingId, CourseLevel, CourseQuery, Material, ParticipantStatus, ParticipationStatus, ResultUpdate,
    Topic,
};
use aither_client::testing::{BookingSeed, CourseSeed, InMemoryHemera, ParticipationSeed, WorldError};

use super::{academy, course_id, participation_id, time, user_id};

fn topic(id: &str, materials: &[(&str, i32)]) -> Topic {
    let material = |(id, place): &(&str, i32)| Material {
        material_id: id.parse().unwrap(),
        identifier: (*id).to_owned(),
        title: (*id).to_owned(),
        sort_order: *place,
        html_content: None,
    };
    Topic {
        topic_id: id.parse().unwrap(),
        topic_title: id.to_owned(),
        materials: materials.iter().map(material).collect(),
    }
}

#[tokio::test]
async fn courses_are_listed_by_filters_and_in_order() {
    let (builder, _) = academy();
    let hidden = CourseSeed::new(course_id("course_3"), "In preparation").unpublished();
    let earlier = CourseSeed::new(course_id("course_4"), "Earlier").starting(time("2026-03-01T08:00:00Z"));
    let hemera = builder.with_courses([hidden, earlier]).start().await.unwrap();
    let client = hemera.client();
    let ids = async |query: CourseQuery| {
        let page = client.service_courses(&query).await.unwrap();
        let ids = page.items.iter().map(|course| course.id.to_string());
        ids.collect::<Vec<_>>()
    };
    let all = CourseQuery::default();
    assert_eq!(ids(all).await, ["course_4", "course_1", "course_2"]);
    let advanced = CourseQuery {
        level: Some(CourseLevel::Advanced),
        ..all
    };
    assert_eq!(ids(advanced).await, ["course_1"]);
    let unpublished = CourseQuery {
        published: false,
        ..all
    };
    assert_eq!(ids(unpublished).await, ["course_3"]);
    let dated = CourseQuery {
        starts_from: Some(time("2026-03-02T00:00:00Z")),
        ..all
    };
    assert_eq!(ids(dated).await, ["course_1"]);
    let second = CourseQuery {
        limit: 1,
        offset: 1,
        ..all
    };
    assert_eq!(ids(second).await, ["course_1"]);
}

#[tokio::test]
async fn changes_between_calls_are_seen_by_the_next_one() {
    let (builder, clock) = academy();
    let hemera = builder.start().await.unwrap();
    let client = hemera.client();
    let first = client.service_course(&course_id("course_1")).await.unwrap();
    assert_eq!(first.participants[0].name.as_deref(), Some("Anna Becker"));
    assert_eq!(first.participants[0].status, ParticipantStatus::Summary);

    clock.advance(std::time::Duration::from_mins(1));
    hemera
        .rename_participant(&user_id("part_1"), "Anna Winter")
        .unwrap();
    let renamed = client.service_course(&course_id("course_1")).await.unwrap();
    assert_eq!(renamed.participants[0].name.as_deref(), Some("Anna Winter"));
    assert_eq!(renamed.updated_at, first.updated_at, "names move no updatedAt");

    let booking = BookingId::parse("booking_2").unwrap();
    let booked = BookingSeed::new(booking.clone(), course_id("course_1"), user_id("user_2"));
    hemera.put_booking(booked).unwrap();
    let booked = client.service_course(&course_id("course_1")).await.unwrap();
    assert_eq!(booked.participants[1].status, ParticipantStatus::None);
    assert!(booked.updated_at > first.updated_at);

    assert!(hemera.remove_booking(&booking));
    let topics = [topic("topic_1", &[("b", 1), ("a", 1), ("c", 0)])];
    hemera.set_materials(&course_id("course_1"), topics).unwrap();
    let materials = client
        .service_course_materials(&course_id("course_1"))
        .await
        .unwrap();
    let order = materials.topics[0].materials.iter();
    let order: Vec<_> = order.map(|material| material.identifier.as_str()).collect();
    assert_eq!(order, ["c", "a", "b"]);

    assert!(hemera.remove_course(&course_id("course_1")));
    let gone = client.service_course(&course_id("course_1")).await.unwrap_err();
    assert!(gone.is_not_found());
    assert!(hemera.participation(&participation_id("part_1")).is_none());
}

#[tokio::test]
async fn a_write_makes_a_version_and_a_stale_one_is_refused() {
    let (builder, _) = academy();
    let hemera = builder.start().await.unwrap();
    let (client, id) = (hemera.client(), participation_id("part_1"));
    let read = client.service_participation(&id).await.unwrap();
    let update = ResultUpdate::default().with_outcome("Presents freely").unwrap();
    let update = update.complete();
    let written = client
        .update_service_participation_result(&id, &update, Some(&read.version))
        .await
        .unwrap();
    assert_eq!(written.status, ParticipationStatus::Complete);
    assert_ne!(written.version, read.version);
    assert_eq!(hemera.participation(&id).unwrap(), written.into_inner());

    // The same again changes nothing, so it is answered with success under the old version, too.
    let again = client
        .update_service_participation_result(&id, &update, Some(&read.version))
        .await;
    assert_eq!(again.unwrap().into_inner(), hemera.participation(&id).unwrap());
    let other = ResultUpdate::default().without_outcome();
    let refused = client
        .update_service_participation_result(&id, &other, Some(&read.version))
        .await;
    assert!(refused.unwrap_err().is_precondition_failed());
}

#[tokio::test]
async fn what_does_not_fit_together_is_refused() {
    let hemera = InMemoryHemera::start().await.unwrap();
    let orphan = ParticipationSeed::new(participation_id("part_1"), course_id("course_1"));
    let refused = hemera.put_participation(orphan.clone());
    assert_eq!(refused, Err(WorldError::NoSuchCourse(course_id("course_1"))));
    let started = InMemoryHemera::builder().with_participation(orphan).start().await;
    assert_eq!(
        started.unwrap_err().to_string(),
        "there is no course course_1; put it first"
    );
    assert!(hemera.rename_participant(&user_id("user_1"), None).is_err());
    assert!(hemera.touch_participation(&participation_id("part_1")).is_err());
    assert!(!hemera.remove_course(&course_id("course_1")));
}
