//! What others change between two reads, and what operators keep from them.

use crate::paths::{COURSE, COURSES, MATERIALS, PARTICIPATION, RESULT};
use crate::session::{Ask, Session};
use crate::transcript::Transcript;
use crate::under_test::{Change, HemeraUnderTest, Settings};

pub(crate) async fn changes_of_the_world<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    let since = "/api/service/courses?updatedSince=2026-01-01T00:00:00Z";
    session.part("before");
    session.get(since).await;
    session
        .change(Change::Rename {
            user: "user_anna",
            name: "Anna Winter",
        })
        .await;
    session.get(COURSE).await;
    session.get(since).await;
    session.change(Change::Touch("part_c")).await;
    session.get("/api/service/participations/part_c").await;
    session.get(since).await;
    session.change(Change::CancelBooking("booking_3")).await;
    session.get(COURSE).await;
    session.get(PARTICIPATION).await;
    session.get(since).await;
    session.change(Change::ClearMaterials("course_c")).await;
    session.get("/api/service/courses/course_c/materials").await;
    session.get(since).await;
    session.change(Change::DeleteCourse("course_b")).await;
    session.get(COURSE).await;
    session.get(MATERIALS).await;
    session.get("/api/service/participations/part_bernd").await;
    session.get(COURSES).await;
    session.finish().await
}

pub(crate) async fn pseudonymous_participants<H: HemeraUnderTest>() -> Transcript {
    let settings = Settings {
        pseudonym_key: Some("a key of at least 32 characters."),
        ..Settings::default()
    };
    let mut session = Session::<H>::with(settings).await;
    session.part("a keyed hash instead of the id; neither name nor picture");
    session.get(COURSE).await;
    session.get(PARTICIPATION).await;
    session.send(Ask::put(RESULT, r#"{"complete":false}"#)).await;
    session.finish().await
}
