//! A small academy at a Hemera in memory.

use aither_client::hemera_types::{
    BookingId, CourseId, CourseLevel, Material, MaterialId, ParticipationId, ParticipationStatus, Timestamp,
    Topic, TopicId, UserId,
};
use aither_client::testing::{BookingSeed, CourseSeed, InMemoryHemera, ParticipationSeed};
use aither_client::{Version, Versioned};

pub(crate) const COURSE: &str = "course-1";
pub(crate) const PARTICIPATION: &str = "part-1";

pub(crate) fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(crate) fn participation_id() -> ParticipationId {
    ParticipationId::parse(PARTICIPATION).unwrap()
}

fn course(id: &str, title: &str, start: &str) -> CourseSeed {
    CourseSeed::new(CourseId::parse(id).unwrap(), title)
        .starting(time(start))
        .ending(time(start))
        .updated_at(time("2026-01-02T03:04:05Z"))
}

/// Two courses, one of them unscheduled and unpublished; two participants of the first.
pub(crate) async fn academy() -> InMemoryHemera {
    let course_id = || CourseId::parse(COURSE).unwrap();
    let material = |id: &str, order| Material {
        material_id: MaterialId::parse(id).unwrap(),
        identifier: format!("{id}.html"),
        title: format!("Material {id}"),
        sort_order: order,
        html_content: Some("<p>Hello</p>".to_owned()),
    };
    let topics = ["Opening", "Closing"].map(|title| Topic {
        topic_id: TopicId::parse(title).unwrap(),
        topic_title: title.to_owned(),
        materials: vec![material("m1", 1), material(title, 2)],
    });
    let booking = BookingSeed::new(
        BookingId::parse("book-1").unwrap(),
        course_id(),
        UserId::parse("user-1").unwrap(),
    )
    .with_name("Jörg Müller")
    .booked_at(time("2026-01-01T00:00:00Z"))
    .updated_at(time("2026-01-02T03:04:05Z"));
    let booked = BookingSeed::new(
        BookingId::parse("book-2").unwrap(),
        course_id(),
        UserId::parse("user-2").unwrap(),
    )
    .with_name("山田 \u{1b}[31m太郎")
    .booked_at(time("2026-01-01T00:00:01Z"))
    .updated_at(time("2026-01-02T03:04:05Z"));
    InMemoryHemera::builder()
        .without_limits()
        .with_course(
            course(COURSE, "Führung für alle", "2099-05-04T08:00:00Z")
                .ending(time("2099-05-05T16:00:00Z"))
                .with_level(CourseLevel::Advanced)
                .with_materials(topics),
        )
        .with_course(
            course("course-0", "Basics", "2020-05-04T08:00:00Z").ending(time("2020-05-04T16:00:00Z")),
        )
        .with_course(CourseSeed::new(CourseId::parse("draft").unwrap(), "Draft").unpublished())
        .with_participation(
            ParticipationSeed::of_booking(participation_id(), booking)
                .with_status(ParticipationStatus::Result)
                .with_preparation_intent("Speak to the board")
                .with_outcome("Reads from notes")
                .with_notes("Opening too long")
                .created_at(time("2026-01-01T00:00:00Z"))
                .updated_at(time("2026-01-02T03:04:05Z")),
        )
        .with_booking(booked)
        .start()
        .await
        .unwrap()
}

/// The outcome, the notes and the status that Hemera has, and the version.
pub(crate) fn stored(hemera: &InMemoryHemera) -> (Option<String>, Option<String>, String, Version) {
    let Versioned { value, version } = hemera.participation(&participation_id()).unwrap();
    (
        value.result_outcome,
        value.result_notes,
        value.status.to_string(),
        version,
    )
}

/// The method and path of each request so far.
pub(crate) fn lines(hemera: &InMemoryHemera) -> Vec<String> {
    let requests = hemera.requests();
    requests
        .iter()
        .map(|request| format!("{} {}", request.method, request.path))
        .collect()
}
