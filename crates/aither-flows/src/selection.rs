//! Which course a flow is about: one rule for all flows.

use aither_client::hemera_types::{CourseId, CourseQuery, CourseSummary, Timestamp};
use aither_client::{Error, HemeraClient};
use freshness::Clock;
use time::Duration;

/// A course, by its id or by its place in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// This course.
    Course(CourseId),
    /// The [next course](next_course) after this time.
    NextAfter(Timestamp),
}

impl Selection {
    /// The next course from now on.
    pub fn next(clock: &dyn Clock) -> Self {
        Self::NextAfter(Timestamp::from(clock.now().wall))
    }
}

/// The next course after `time`: of the published courses that start later, the one that starts first; of several that start
/// together, the one with the smallest id (by its bytes). `None` if no course starts later.
///
/// One request. A sync of the next course and a deck of the next course both ask this function, so they always choose the
/// same course at the same time.
pub async fn next_course(hemera: &HemeraClient, time: Timestamp) -> Result<Option<CourseSummary>, Error> {
    let page = hemera.service_courses(&after(time)).await?.into_inner();
    Ok(page.items.into_iter().next())
}

/// The first of all courses that start after `time`. The list is ordered by start date, then id.
fn after(time: Timestamp) -> CourseQuery {
    CourseQuery {
        starts_from: Some(next_millisecond(time)),
        limit: 1,
        ..CourseQuery::default()
    }
}

/// The earliest time after this one that the contract can say, or this one again at the end of its years.
pub(crate) fn next_millisecond(time: Timestamp) -> Timestamp {
    let next = time.to_offset_date_time().checked_add(Duration::MILLISECOND);
    // In the year 10000 it could not be sent.
    next.map(Timestamp::from)
        .filter(|next| Timestamp::parse(&next.to_string()).is_ok())
        .unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn next_millisecond_ends_with_the_last_year() {
        assert_eq!(
            next_millisecond(time("2026-12-31T23:59:59.999Z")),
            time("2027-01-01T00:00:00.000Z")
        );
        let last = time("9999-12-31T23:59:59.999Z");
        assert_eq!(next_millisecond(last), last);
    }

    #[test]
    fn a_course_that_starts_at_the_time_itself_is_not_asked_for() {
        let query = after(time("2026-03-15T00:00:00.000Z"));
        assert_eq!(query.starts_from, Some(time("2026-03-15T00:00:00.001Z")));
        assert!(query.published && query.limit == 1 && query.offset == 0);
    }
}
