//! What the in-memory Hemera knows: courses, bookings, participations, materials. No HTTP.

mod change;
mod identity;
mod list;
mod seed;
mod show;
mod store;
mod write;

pub(super) use self::identity::ParticipantIdentity;
pub use self::seed::{BookingSeed, CourseSeed, ParticipationSeed};
pub(super) use self::store::World;
pub(super) use self::write::Written;

use hemera_types::{BookingId, CourseId, ParticipationId, UserId};

/// A change of the world that cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// The course is not there.
    #[error("there is no course {0}; put it first")]
    NoSuchCourse(CourseId),
    /// The participation is not there.
    #[error("there is no participation {0}; put it first")]
    NoSuchParticipation(ParticipationId),
    /// No booking is by this user.
    #[error("no booking is by the user {0}; put one first")]
    NoSuchUser(UserId),
    /// The booking belongs to another participation.
    #[error("the booking {booking} belongs to the participation {participation}; use another booking")]
    BookingTaken {
        /// The booking.
        booking: BookingId,
        /// The participation that it belongs to.
        participation: ParticipationId,
    },
}
