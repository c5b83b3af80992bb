//! A course as a list shows it.

use serde::{Deserialize, Serialize};

use crate::{CourseId, CourseLevel, Open, Timestamp};

/// A course as `GET /api/service/courses` lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CourseSummary {
    /// The course.
    pub id: CourseId,
    /// Its title, for people.
    pub title: String,
    /// Its name in Hemera's addresses.
    pub slug: String,
    /// How demanding it is.
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::schema::open::<CourseLevel>))]
    pub level: Open<CourseLevel>,
    /// Start date; null until it is scheduled.
    pub start_date: Option<Timestamp>,
    /// End date; null until it is scheduled.
    pub end_date: Option<Timestamp>,
    /// Its bookings.
    pub participant_count: u64,
    /// The latest change of the course, its bookings and its participations.
    pub updated_at: Timestamp,
}
