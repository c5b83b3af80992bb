//! What others change between two reads.

use crate::paths::{COURSE, COURSES, MATERIALS, PARTICIPATION};
use crate::session::Session;
use crate::transcript::Transcript;
use crate::under_test::{Change, HemeraUnderTest};

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
