//! Where a stream of courses stands in the list, to go on from there.

use hemera_types::{CourseId, CourseQuery, CourseSummary, FieldErrors, QueryPairs, Timestamp};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

/// Where a [`CourseStream`](crate::CourseStream) stands: what was asked for, and the last course that it gave.
///
/// It can be written (as JSON, some hundred bytes) and read again in another process. It holds no credential and nothing
/// of what was read but one course's id and date, and it does not expire: the list is gone on with as it then is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct ResumePoint {
    /// Filters and page size; its offset is where the pass began.
    pub(super) query: CourseQuery,
    /// Rows of the list before the next one, as far as is known.
    pub(super) row: u32,
    /// The last course that was given.
    pub(super) last: Option<Place>,
    /// When the first page was made.
    pub(super) as_of: Option<Timestamp>,
}

/// A course's place in the order of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    start_date: Option<Timestamp>,
    id: CourseId,
}

impl ResumePoint {
    pub(super) fn begin(query: &CourseQuery) -> Self {
        Self {
            query: *query,
            row: query.offset,
            last: None,
            as_of: None,
        }
    }

    /// What the stream asks for: filters, page size, and the offset at which it began.
    pub const fn query(&self) -> &CourseQuery {
        &self.query
    }
}

impl Place {
    pub(super) fn of(course: &CourseSummary) -> Self {
        Self {
            start_date: course.start_date,
            id: course.id.clone(),
        }
    }

    /// Whether a course comes after this place: by start date, those without one last, then by id.
    pub(super) fn is_before(&self, course: &CourseSummary) -> bool {
        let key = (self.start_date.is_none(), self.start_date, &self.id);
        key < (course.start_date.is_none(), course.start_date, &course.id)
    }
}

/// A resume point as it is written. The query is as the contract spells it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    query: String,
    row: u32,
    last: Option<Place>,
    as_of: Option<Timestamp>,
}

impl From<ResumePoint> for Written {
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

impl TryFrom<Written> for ResumePoint {
    type Error = FieldErrors;

    fn try_from(written: Written) -> Result<Self, FieldErrors> {
        let pairs = form_urlencoded::parse(written.query.as_bytes()).into_owned();
        Ok(Self {
            query: CourseQuery::parse(QueryPairs::new(pairs))?,
            row: written.row,
            last: written.last,
            as_of: written.as_of,
        })
    }
}
