//! A Hemera with courses, and what tests look at.

mod tree;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aither_client::StatusCode;
use aither_client::hemera_types::{
    CourseId, Material, MaterialId, ParticipationId, Timestamp, Topic, TopicId, UserId,
};
use aither_client::testing::{CourseSeed, InMemoryHemera, InMemoryHemeraBuilder, ParticipationSeed};
use freshness::{Clock as _, ManualClock, RecordedSleep};

pub(crate) use tree::{Tree, content, is_temporary};

/// When tests begin.
pub(crate) const BEGIN: &str = "2026-03-15T12:00:00.000Z";

pub(crate) fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(crate) fn course_id(text: &str) -> CourseId {
    CourseId::parse(text).unwrap()
}

pub(crate) fn user_id(text: &str) -> UserId {
    UserId::parse(text).unwrap()
}

pub(crate) fn participation_id(text: &str) -> ParticipationId {
    ParticipationId::parse(text).unwrap()
}

/// A clock that stands at [`BEGIN`].
pub(crate) fn clock() -> ManualClock {
    ManualClock::at(SystemTime::from(time(BEGIN).to_offset_date_time()))
}

pub(crate) fn now(clock: &ManualClock) -> Timestamp {
    Timestamp::from(clock.now().wall)
}

/// A Hemera on this clock, without limits. It and its clients wait by moving the clock.
pub(crate) fn builder(clock: &ManualClock) -> InMemoryHemeraBuilder {
    limited(clock).without_limits()
}

/// A Hemera with the limits of the contract, to which its clients keep.
pub(crate) fn limited(clock: &ManualClock) -> InMemoryHemeraBuilder {
    InMemoryHemera::builder()
        .with_clock(clock.clone())
        .with_sleep(RecordedSleep::advancing(clock.clone()))
}

/// Asserts that no request was one too many, and returns how long they took by the clock of Hemera.
pub(crate) fn time_within_limits(hemera: &InMemoryHemera) -> Duration {
    let requests = hemera.requests();
    assert!(
        requests
            .iter()
            .all(|request| request.status.unwrap() != StatusCode::TOO_MANY_REQUESTS)
    );
    let (first, last) = (requests.first().unwrap().at, requests.last().unwrap().at);
    last.duration_since(first).unwrap()
}

/// A course that starts so many days after [`BEGIN`] and lasts two days, with one material and one participant,
/// whose name is `Name of ID`. It changed a day before.
pub(crate) fn seeds(id: &str, days: u64) -> (CourseSeed, ParticipationSeed) {
    let begin = SystemTime::from(time(BEGIN).to_offset_date_time());
    let day = Duration::from_hours(24);
    let start = begin + day * u32::try_from(days).unwrap();
    let course = CourseSeed::new(course_id(id), format!("Course {id}"))
        .starting(Timestamp::from(start))
        .ending(Timestamp::from(start + day * 2))
        .updated_at(Timestamp::from(begin - day))
        .with_materials([topic(
            &format!("{id}-topic"),
            [material(&format!("{id}-material"), 1)],
        )]);
    let participation = ParticipationSeed::new(participation_id(&format!("{id}-1")), course_id(id))
        .with_name(format!("Name of {id}"))
        .with_image_url(format!("https://images.example.com/{id}.jpg"))
        .updated_at(Timestamp::from(begin - day));
    (course, participation)
}

pub(crate) fn topic(id: &str, materials: impl IntoIterator<Item = Material>) -> Topic {
    Topic {
        topic_id: TopicId::parse(id).unwrap(),
        topic_title: format!("Topic {id}"),
        materials: materials.into_iter().collect(),
    }
}

pub(crate) fn material(id: &str, sort_order: i32) -> Material {
    Material {
        material_id: MaterialId::parse(id).unwrap(),
        identifier: format!("slide-{id}"),
        title: format!("Material {id}"),
        sort_order,
        html_content: Some(format!("<p>{id}</p>")),
    }
}

/// A Hemera with these courses, each so many days after [`BEGIN`].
pub(crate) async fn academy(clock: &ManualClock, courses: &[(&str, u64)]) -> InMemoryHemera {
    with_courses(builder(clock), courses).await
}

/// The same, from this builder.
pub(crate) async fn with_courses(
    mut builder: InMemoryHemeraBuilder,
    courses: &[(&str, u64)],
) -> InMemoryHemera {
    for (id, days) in courses {
        let (course, participation) = seeds(id, *days);
        builder = builder.with_course(course).with_participation(participation);
    }
    builder.start().await.unwrap()
}

/// A client without a memory of earlier requests, as another process has one.
pub(crate) fn new_client(hemera: &InMemoryHemera) -> aither_client::HemeraClient {
    hemera.client_builder().build().unwrap()
}

/// Observes what a flow says.
#[derive(Clone, Default)]
pub(crate) struct Steps(Arc<std::sync::Mutex<Vec<aither_flows::Step>>>);

impl aither_flows::Progress for Steps {
    fn step(&self, step: aither_flows::Step) {
        self.0.lock().unwrap().push(step);
    }
}

impl Steps {
    pub(crate) fn all(&self) -> Vec<aither_flows::Step> {
        self.0.lock().unwrap().clone()
    }
}
