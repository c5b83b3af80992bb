//! The list of courses: filters, order, pages.

use hemera_types::{CourseId, CourseQuery, CourseSummary, Open, Pagination, Timestamp};

use super::store::{CourseRecord, World};

impl World {
    /// A page of the courses that meet all filters.
    pub(in crate::testing) fn list(&self, query: &CourseQuery) -> (Vec<CourseSummary>, Pagination) {
        let mut matching: Vec<(&CourseId, &CourseRecord, Timestamp)> = self
            .courses
            .iter()
            .map(|(id, course)| (id, course, self.last_change(id, course)))
            .filter(|(_, course, changed)| matches(query, course, *changed))
            .collect();
        // Those without a date last: `None` is less than any date.
        matching.sort_by_key(|(id, course, _)| (course.start_date.is_none(), course.start_date, *id));
        let pagination = Pagination {
            total: u64::try_from(matching.len()).unwrap_or(u64::MAX),
            limit: query.limit,
            offset: query.offset,
        };
        let rows = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let page = matching
            .into_iter()
            .skip(rows(query.offset))
            .take(rows(query.limit))
            .map(|(id, course, changed)| self.summary(id, course, changed))
            .collect();
        (page, pagination)
    }

    fn summary(&self, id: &CourseId, course: &CourseRecord, updated_at: Timestamp) -> CourseSummary {
        CourseSummary {
            id: id.clone(),
            title: course.title.clone(),
            slug: course.slug.clone(),
            level: Open::Known(course.level),
            start_date: course.start_date,
            end_date: course.end_date,
            participant_count: u64::try_from(self.bookings_of(id).count()).unwrap_or(u64::MAX),
            updated_at,
        }
    }
}

/// Whether a course meets every filter. One without a date meets no filter on it.
fn matches(query: &CourseQuery, course: &CourseRecord, changed: Timestamp) -> bool {
    let at_or_after = |time: Option<Timestamp>, bound: Option<Timestamp>| {
        bound.is_none_or(|bound| time.is_some_and(|time| time >= bound))
    };
    let before = |time: Option<Timestamp>, bound: Option<Timestamp>| {
        bound.is_none_or(|bound| time.is_some_and(|time| time < bound))
    };
    course.published == query.published
        && query.level.is_none_or(|level| course.level == level)
        && at_or_after(course.start_date, query.starts_from)
        && before(course.start_date, query.starts_before)
        && at_or_after(course.end_date, query.ends_from)
        && at_or_after(Some(changed), query.updated_since)
}
