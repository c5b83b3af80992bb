//! A course without the people in it.

use aither_client::hemera_types::{CourseDetail, CourseId, CourseLevel, CourseSummary, Open, Timestamp};
use serde::{Deserialize, Serialize};

/// A course without the people in it, as flows return it and as a sync stores it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Course {
    /// The course.
    pub id: CourseId,
    /// Its title, for people.
    pub title: String,
    /// Its name in Hemera's addresses.
    pub slug: String,
    /// How demanding it is.
    pub level: Open<CourseLevel>,
    /// When it starts; null until it is scheduled.
    pub start_date: Option<Timestamp>,
    /// When it ends; null until it is scheduled.
    pub end_date: Option<Timestamp>,
    /// The latest change of the course, its bookings and its participations.
    pub updated_at: Timestamp,
}

impl From<&CourseDetail> for Course {
    fn from(detail: &CourseDetail) -> Self {
        Self {
            id: detail.id.clone(),
            title: detail.title.clone(),
            slug: detail.slug.clone(),
            level: detail.level.clone(),
            start_date: detail.start_date,
            end_date: detail.end_date,
            updated_at: detail.updated_at,
        }
    }
}

impl From<CourseSummary> for Course {
    fn from(summary: CourseSummary) -> Self {
        Self {
            id: summary.id,
            title: summary.title,
            slug: summary.slug,
            level: summary.level,
            start_date: summary.start_date,
            end_date: summary.end_date,
            updated_at: summary.updated_at,
        }
    }
}
