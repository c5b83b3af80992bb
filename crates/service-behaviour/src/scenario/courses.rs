//! Reading courses.

use crate::paths::{COURSE, COURSES, MATERIALS};
use crate::session::Session;
use crate::transcript::Transcript;
use crate::under_test::HemeraUnderTest;

pub(crate) async fn lists_of_courses<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("published courses by start, then id; those without a date last");
    session.get(COURSES).await;
    session.part("each filter by itself");
    for query in [
        "published=false",
        "published=true",
        "level=BEGINNER",
        "level=INTERMEDIATE",
        "level=ADVANCED",
        "startsFrom=2025-03-15T08:00:00Z",
        "startsFrom=2025-03-15T08:00:00.001Z",
        "startsFrom=2025-09-01T10:00:00.123%2B02:00",
        "startsBefore=2025-03-15T08:00:00Z",
        "startsBefore=2025-03-15T08:00:00.001Z",
        "endsFrom=2025-03-18T16:00:00Z",
        "endsFrom=2025-03-18T16:00:00.001Z",
        // The latest change is of the course, of a booking, or of a participation.
        "updatedSince=2025-01-13T09:00:00Z",
        "updatedSince=2025-01-13T09:00:00.001Z",
        "updatedSince=2025-03-20T10:00:00Z",
        "updatedSince=2025-03-20T10:00:00.001Z",
    ] {
        session.get(&format!("{COURSES}?{query}")).await;
    }
    session.part("filters hold together");
    for query in [
        "level=BEGINNER&startsFrom=2025-01-01T00:00:00Z",
        "level=ADVANCED&published=false",
        "startsFrom=2025-03-15T08:00:00Z&startsBefore=2025-04-01T00:00:00Z&endsFrom=2025-03-17T00:00:00Z",
    ] {
        session.get(&format!("{COURSES}?{query}")).await;
    }
    session.finish().await
}

pub(crate) async fn pages_of_courses<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("pages do not overlap, and the last ones are empty");
    for offset in 0..=5 {
        session.get(&format!("{COURSES}?limit=1&offset={offset}")).await;
    }
    session.get(&format!("{COURSES}?limit=3&offset=2")).await;
    session.part("the limits of a page");
    for query in ["limit=500", "offset=1000000", "limit=007"] {
        session.get(&format!("{COURSES}?{query}")).await;
    }
    session.finish().await
}

pub(crate) async fn parameters_of_lists<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("values out of their limits");
    for query in [
        "limit=0",
        "limit=501",
        "limit=-1",
        "limit=%2B1",
        "limit=1.5",
        "limit=",
        "limit=99999999999999999999",
        "offset=1000001",
        "offset=-1",
        "level=beginner",
        "level=",
        "published=yes",
        "startsFrom=2025-03-15",
        "startsFrom=2025-03-15T08:00:00+02:00",
        "startsBefore=now",
        "endsFrom=-0001-01-01T00:00:00Z",
        "updatedSince=0000-01-01T00:00:00%2B23:59",
        "limit=%ff",
    ] {
        session.get(&format!("{COURSES}?{query}")).await;
    }
    session.part("unknown, and twice");
    for query in [
        "x=1",
        "limit=1&limit=1",
        "Limit=1",
        "limit",
        "x=1&x=2&limit=0&level=A",
        "=",
        "&&",
    ] {
        session.get(&format!("{COURSES}?{query}")).await;
    }
    session.part("what takes no parameters does not look at any");
    for path in [COURSE, MATERIALS] {
        session.get(&format!("{path}?x=1")).await;
    }
    session.finish().await
}

pub(crate) async fn courses_with_participants<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("one row a booking, by booking time, then id");
    session.get(COURSE).await;
    session.part("without bookings; not published");
    for id in ["course_a", "course_d", "course_e"] {
        session.get(&format!("{COURSES}/{id}")).await;
    }
    session.part("not there");
    session.get(&format!("{COURSES}/course_z")).await;
    session.finish().await
}

pub(crate) async fn materials_of_courses<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("topics by place, materials by place, then id");
    session.get(MATERIALS).await;
    session.part("long, none, not published, not there");
    for id in ["course_c", "course_a", "course_e", "course_z"] {
        session.get(&format!("{COURSES}/{id}/materials")).await;
    }
    session.finish().await
}
