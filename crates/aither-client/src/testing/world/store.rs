//! The tables of the world.

use std::collections::BTreeMap;

use hemera_types::{
    BookingId, CourseId, CourseLevel, ETag, ParticipationId, ParticipationStatus, Timestamp, Topic, UserId,
};

use super::identity::{ParticipantIdentity, UserRecord};
use super::seed::Texts;

/// Everything that the in-memory Hemera knows.
#[derive(Debug, Default)]
pub(in crate::testing) struct World {
    pub(super) courses: BTreeMap<CourseId, CourseRecord>,
    pub(super) bookings: BTreeMap<BookingId, BookingRecord>,
    pub(super) participations: BTreeMap<ParticipationId, ParticipationRecord>,
    pub(super) users: BTreeMap<UserId, UserRecord>,
    pub(super) identity: ParticipantIdentity,
}

/// A course.
#[derive(Clone, Debug)]
pub(super) struct CourseRecord {
    pub(super) title: String,
    pub(super) slug: String,
    pub(super) level: CourseLevel,
    pub(super) start_date: Option<Timestamp>,
    pub(super) end_date: Option<Timestamp>,
    pub(super) published: bool,
    /// The latest change of the course itself and of its materials.
    pub(super) updated_at: Timestamp,
    pub(super) topics: Vec<Topic>,
}

/// A booking.
#[derive(Clone, Debug)]
pub(super) struct BookingRecord {
    pub(super) course: CourseId,
    pub(super) user: UserId,
    pub(super) participation: Option<ParticipationId>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// A participation.
#[derive(Clone, Debug)]
pub(super) struct ParticipationRecord {
    pub(super) course: CourseId,
    pub(super) booking: BookingId,
    pub(super) user: UserId,
    pub(super) status: ParticipationStatus,
    pub(super) texts: Texts,
    pub(super) preparation_completed_at: Option<Timestamp>,
    pub(super) result_completed_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) version: i64,
}

impl ParticipationRecord {
    /// The tag of its version.
    pub(super) fn tag(&self) -> ETag {
        ETag::of_version(self.version)
    }

    /// Notes that it has really changed.
    pub(super) fn changed(&mut self, now: Timestamp) {
        self.version += 1;
        self.updated_at = self.updated_at.max(now);
    }
}

impl World {
    /// A world without anything, which shows participants in this way.
    pub(in crate::testing) fn showing(identity: ParticipantIdentity) -> Self {
        Self {
            identity,
            ..Self::default()
        }
    }

    /// The bookings of a course, in no order.
    pub(super) fn bookings_of(
        &self,
        course: &CourseId,
    ) -> impl Iterator<Item = (&BookingId, &BookingRecord)> {
        let of_course = move |(_, booking): &(&BookingId, &BookingRecord)| booking.course == *course;
        self.bookings.iter().filter(of_course)
    }

    /// The latest change of a course, its bookings and its participations.
    pub(super) fn last_change(&self, id: &CourseId, course: &CourseRecord) -> Timestamp {
        let participations = self.participations.values();
        let participations = participations
            .filter(|participation| participation.course == *id)
            .map(|participation| participation.updated_at);
        self.bookings_of(id)
            .map(|(_, booking)| booking.updated_at)
            .chain(participations)
            .fold(course.updated_at, Timestamp::max)
    }
}
