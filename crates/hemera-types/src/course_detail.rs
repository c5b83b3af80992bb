//! A course with the people in it.

use serde::{Deserialize, Serialize};

use crate::{
    BookingId, CourseId, CourseLevel, Open, ParticipantStatus, ParticipationId, ParticipationStatus,
    Timestamp, UserId,
};

/// A course as `GET /api/service/courses/{id}` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CourseDetail {
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
    /// The latest change of the course, its bookings and its participations.
    pub updated_at: Timestamp,
    /// One row a booking, ordered by booking time, then id.
    pub participants: Vec<Participant>,
    /// The same bookings, for older consumers.
    pub participations: Vec<BookedParticipation>,
}

/// Who booked a course, and how far they have come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Participant {
    /// The booking.
    pub booking_id: BookingId,
    /// The participation, once there is one.
    pub participation_id: Option<ParticipationId>,
    /// The user, or the keyed hash that stands for them.
    pub user_id: UserId,
    /// The user's name; null where participants are pseudonymous.
    pub name: Option<String>,
    /// The user's picture; null where participants are pseudonymous.
    pub image_url: Option<String>,
    /// The status of the participation, or `NONE`.
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::schema::open::<ParticipantStatus>))]
    pub status: Open<ParticipantStatus>,
    /// What the user wants to prepare.
    pub preparation_intent: Option<String>,
    /// What the user wants to take away.
    pub desired_results: Option<String>,
    /// How the user's line manager is described.
    pub line_manager_profile: Option<String>,
    /// When the preparation was finished.
    pub preparation_completed_at: Option<Timestamp>,
}

/// A booking in the shape that older consumers read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BookedParticipation {
    /// The participation, once there is one.
    pub id: Option<ParticipationId>,
    /// The booking.
    pub booking_id: BookingId,
    /// The user, or the keyed hash that stands for them.
    pub user_id: UserId,
    /// The status of the participation, once there is one.
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::schema::open_or_null::<ParticipationStatus>))]
    pub status: Option<Open<ParticipationStatus>>,
    /// When the booking was made.
    pub created_at: Timestamp,
}
