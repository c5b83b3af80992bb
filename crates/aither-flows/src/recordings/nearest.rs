//! The course that is nearest to a time at which none ran: help for a person who has to find the mistake.

use std::time::Duration;

use aither_client::hemera_types::bounds::{PAGE_LIMIT, PAGE_OFFSET};
use aither_client::hemera_types::{CourseQuery, CourseSummary, Timestamp};
use aither_client::{Error, HemeraClient};
use serde::Serialize;

use crate::course::Course;
use crate::selection::{next_course, next_millisecond};

/// A course that did not run at some time, and how far away it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Nearest {
    /// The course.
    pub course: Course,
    /// The time between it and the recording: from its end if it was over, until its start if it was still to come. Zero
    /// for a course that had started and has no end.
    #[serde(rename = "awaySeconds", serialize_with = "as_seconds")]
    pub away: Duration,
}

fn as_seconds<S: serde::Serializer>(away: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(away.as_secs())
}

/// The nearest of the next course after `time` and the 500 that started last before it.
pub(super) async fn find(hemera: &HemeraClient, time: Timestamp) -> Result<Option<Nearest>, Error> {
    let next = next_course(hemera, time).await?;
    let earlier = started_last(hemera, time).await?;
    let measured = earlier.into_iter().chain(next).filter_map(|course| {
        let away = distance(&course, time)?;
        let course = Course::from(course);
        Some(Nearest { course, away })
    });
    Ok(measured.min_by_key(|nearest| nearest.away))
}

/// The last page of the courses that had started. The list is ordered by start date, so it takes a second request only if
/// there are more courses than a page has rows.
async fn started_last(hemera: &HemeraClient, time: Timestamp) -> Result<Vec<CourseSummary>, Error> {
    let mut query = CourseQuery {
        starts_before: Some(next_millisecond(time)),
        limit: *PAGE_LIMIT.end(),
        ..CourseQuery::default()
    };
    let first = hemera.service_courses(&query).await?.into_inner();
    let total = first.pagination.map_or(0, |pagination| pagination.total);
    let last_page = u32::try_from(total.saturating_sub(u64::from(query.limit))).unwrap_or(u32::MAX);
    if last_page == 0 {
        return Ok(first.items);
    }
    query.offset = last_page.min(*PAGE_OFFSET.end());
    Ok(hemera.service_courses(&query).await?.into_inner().items)
}

/// How far a course that did not run at `time` is away from it. `None` without a start date.
fn distance(course: &CourseSummary, time: Timestamp) -> Option<Duration> {
    let start = course.start_date?;
    let between = |from: Timestamp, to: Timestamp| {
        let span = to.to_offset_date_time() - from.to_offset_date_time();
        Duration::try_from(span).unwrap_or_default()
    };
    Some(match course.end_date {
        _ if time < start => between(time, start),
        Some(end) => between(end, time),
        None => Duration::ZERO,
    })
}
