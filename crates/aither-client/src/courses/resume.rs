//! The position of a stream of courses in the list, to resume it later.

use hemera_types::{CourseId, CourseQuery, CourseSummary, FieldErrors, QueryPairs, Timestamp};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

/// The position of a [`CourseStream`](crate::CourseStream): its query, and the last course that it returned.
///
/// It can be serialized (as JSON, a few hundred bytes) and used in another process. It contains no credential, and of the
/// courses only the id and start date of the last one. It does not expire: the stream resumes in the list as it then is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Serialized", into = "Serialized")]
pub struct ResumePoint {
    /// Filters and page size; its offset is where the pass started.
    pub(super) query: CourseQuery,
    /// The row of the next course, as far as is known.
    pub(super) row: u32,
    /// The last course that was returned.
    pub(super) last: Option<CoursePosition>,
    /// When Hemera made the first page.
    pub(super) as_of: Option<Timestamp>,
}

/// The position of a course in the order of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CoursePosition {
    start_date: Option<Timestamp>,
    id: CourseId,
}

impl ResumePoint {
    pub(super) fn start_of(query: &CourseQuery) -> Self {
        Self {
            query: *query,
            row: query.offset,
            last: None,
            as_of: None,
        }
    }

    /// The query of the stream: filters, page size, and the offset at which it started.
    pub const fn query(&self) -> &CourseQuery {
        &self.query
    }
}

impl CoursePosition {
    pub(super) fn of(course: &CourseSummary) -> Self {
        Self {
            start_date: course.start_date,
            id: course.id.clone(),
        }
    }

    /// Whether `course` comes after this position: by start date, courses without one last, then by id.
    pub(super) fn is_before(&self, course: &CourseSummary) -> bool {
        let key = (self.start_date.is_none(), self.start_date, &self.id);
        key < (course.start_date.is_none(), course.start_date, &course.id)
    }
}

/// The serialized form of a resume point. The query is spelled as in the contract.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Serialized {
    query: String,
    row: u32,
    last: Option<CoursePosition>,
    as_of: Option<Timestamp>,
}

impl From<ResumePoint> for Serialized {
    fn from(point: ResumePoint) -> Self {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(point.query.to_pairs())
            .finish();
        Self {
            query,
            row: point.row,
            last: point.last,
            as_of: point.as_of,
        }
    }
}

impl TryFrom<Serialized> for ResumePoint {
    type Error = FieldErrors;

    fn try_from(serialized: Serialized) -> Result<Self, FieldErrors> {
        let pairs = form_urlencoded::parse(serialized.query.as_bytes()).into_owned();
        Ok(Self {
            query: CourseQuery::parse(QueryPairs::new(pairs))?,
            row: serialized.row,
            last: serialized.last,
            as_of: serialized.as_of,
        })
    }
}
