//! What a user does in a course.

use serde::{Deserialize, Serialize};

use crate::{BookingId, CourseId, Open, ParticipationId, ParticipationStatus, Timestamp, UserId};

/// A participation, as reading it and writing its result both show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Participation {
    /// The participation.
    pub id: ParticipationId,
    /// The user, or the keyed hash that stands for them.
    pub user_id: UserId,
    /// The course.
    pub course_id: CourseId,
    /// The booking that it belongs to.
    pub booking_id: BookingId,
    /// How far it has come.
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::schema::open::<ParticipationStatus>))]
    pub status: Open<ParticipationStatus>,
    /// What the user wants to prepare.
    pub preparation_intent: Option<String>,
    /// What the user wants to take away.
    pub desired_results: Option<String>,
    /// What came of the course for the user.
    pub result_outcome: Option<String>,
    /// Notes on it.
    pub result_notes: Option<String>,
    /// When the participation was completed, the first time.
    pub result_completed_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last really changed.
    pub updated_at: Timestamp,
}
