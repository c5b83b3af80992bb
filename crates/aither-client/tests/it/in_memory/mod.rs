//! The in-memory Hemera as an application's test uses it.

mod faults;
mod journal;
mod tokens;
mod world;

use aither_client::hemera_types::{
    CourseId, CourseLevel, ParticipationId, ParticipationStatus, Timestamp, UserId,
};
use aither_client::testing::{CourseSeed, InMemoryHemera, InMemoryHemeraBuilder, ParticipationSeed};
use freshness::{ManualClock, RecordedSleep};

use crate::support::started_at;

fn course_id(text: &str) -> CourseId {
    text.parse().unwrap()
}

fn participation_id(text: &str) -> ParticipationId {
    text.parse().unwrap()
}

fn user_id(text: &str) -> UserId {
    text.parse().unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Two courses; Anna takes part in the first. The clock moves by waits alone, so no test waits.
fn academy() -> (InMemoryHemeraBuilder, ManualClock) {
    let clock = ManualClock::at(started_at());
    let builder = InMemoryHemera::builder()
        .with_clock(clock.clone())
        .with_sleep(RecordedSleep::advancing(clock.clone()))
        .with_course(
            CourseSeed::new(course_id("course_1"), "Leading change")
                .with_level(CourseLevel::Advanced)
                .starting(time("2026-04-01T08:00:00Z")),
        )
        .with_course(CourseSeed::new(course_id("course_2"), "Difficult talks"))
        .with_participation(
            ParticipationSeed::new(participation_id("part_1"), course_id("course_1"))
                .with_name("Anna Becker")
                .with_status(ParticipationStatus::Summary),
        );
    (builder, clock)
}
