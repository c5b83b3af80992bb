//! How a test changes the world.

use hemera_types::{BookingId, CourseId, ParticipationId, Timestamp, Topic, UserId};

use super::WorldError;
use super::seed::{BookingSeed, CourseSeed, ParticipationSeed};
use super::store::{BookingRecord, CourseRecord, ParticipationRecord, World};

impl World {
    /// Adds a course, or changes the one that is there.
    pub(in crate::testing) fn put_course(&mut self, seed: CourseSeed, now: Timestamp) {
        let old = self.courses.remove(&seed.id);
        let changed = seed.updated_at.unwrap_or(now);
        let updated_at = old.as_ref().map_or(changed, |old| old.updated_at.max(changed));
        let kept = old.map(|old| old.topics);
        let record = CourseRecord {
            title: seed.title,
            slug: seed.slug,
            level: seed.level,
            start_date: seed.start_date,
            end_date: seed.end_date,
            published: seed.published,
            updated_at,
            topics: seed.topics.map(in_order).or(kept).unwrap_or_default(),
        };
        self.courses.insert(seed.id, record);
    }

    /// Removes a course with its bookings and participations. Returns whether it was there.
    pub(in crate::testing) fn remove_course(&mut self, id: &CourseId) -> bool {
        self.bookings.retain(|_, booking| booking.course != *id);
        self.participations
            .retain(|_, participation| participation.course != *id);
        self.courses.remove(id).is_some()
    }

    /// Replaces the materials of a course.
    pub(in crate::testing) fn set_materials(
        &mut self,
        id: &CourseId,
        topics: Vec<Topic>,
        now: Timestamp,
    ) -> Result<(), WorldError> {
        let course = self
            .courses
            .get_mut(id)
            .ok_or_else(|| WorldError::NoSuchCourse(id.clone()))?;
        course.topics = in_order(topics);
        course.updated_at = course.updated_at.max(now);
        Ok(())
    }

    /// Adds a booking, or changes the one that is there.
    pub(in crate::testing) fn put_booking(
        &mut self,
        seed: BookingSeed,
        now: Timestamp,
    ) -> Result<(), WorldError> {
        if !self.courses.contains_key(&seed.course) {
            return Err(WorldError::NoSuchCourse(seed.course));
        }
        let user = self.users.entry(seed.user.clone()).or_default();
        user.name = seed.name.or_else(|| user.name.take());
        user.image_url = seed.image_url.or_else(|| user.image_url.take());
        let old = self.bookings.remove(&seed.id);
        let created_at = old.as_ref().map_or(now, |old| old.created_at);
        let record = BookingRecord {
            course: seed.course,
            user: seed.user,
            participation: old.and_then(|old| old.participation),
            created_at: seed.booked_at.unwrap_or(created_at),
            updated_at: seed.updated_at.unwrap_or(now),
        };
        self.bookings.insert(seed.id, record);
        Ok(())
    }

    /// Cancels a booking: it goes, and its participation with it. Returns whether it was there.
    pub(in crate::testing) fn remove_booking(&mut self, id: &BookingId, now: Timestamp) -> bool {
        let Some(booking) = self.bookings.remove(id) else {
            return false;
        };
        if let Some(participation) = &booking.participation {
            self.participations.remove(participation);
        }
        if let Some(course) = self.courses.get_mut(&booking.course) {
            course.updated_at = course.updated_at.max(now);
        }
        true
    }

    /// Adds a participation with its booking, or changes the one that is there: a new version.
    pub(in crate::testing) fn put_participation(
        &mut self,
        seed: ParticipationSeed,
        now: Timestamp,
    ) -> Result<(), WorldError> {
        let booking = seed.booking.id.clone();
        let taken = self
            .bookings
            .get(&booking)
            .and_then(|booking| booking.participation.as_ref());
        if let Some(participation) = taken.filter(|taken| **taken != seed.id) {
            return Err(WorldError::BookingTaken {
                booking,
                participation: participation.clone(),
            });
        }
        let (course, user) = (seed.booking.course.clone(), seed.booking.user.clone());
        self.put_booking(seed.booking, now)?;
        let old = self.participations.remove(&seed.id);
        let created_at = old.as_ref().map_or(now, |old| old.created_at);
        let record = ParticipationRecord {
            course,
            booking: booking.clone(),
            user,
            status: seed.status,
            texts: seed.texts,
            preparation_completed_at: seed.preparation_completed_at,
            result_completed_at: seed.result_completed_at,
            created_at: seed.created_at.unwrap_or(created_at),
            updated_at: seed.updated_at.unwrap_or(now),
            version: old.map_or(1, |old| old.version + 1),
        };
        if let Some(booking) = self.bookings.get_mut(&booking) {
            booking.participation = Some(seed.id.clone());
        }
        self.participations.insert(seed.id, record);
        Ok(())
    }

    /// Gives a user another name. No `updatedAt` moves by it, as at Hemera.
    pub(in crate::testing) fn rename(&mut self, id: &UserId, name: Option<String>) -> Result<(), WorldError> {
        let user = self
            .users
            .get_mut(id)
            .ok_or_else(|| WorldError::NoSuchUser(id.clone()))?;
        user.name = name;
        Ok(())
    }

    /// Makes a new version of a participation, as a write of another caller does.
    pub(in crate::testing) fn touch(
        &mut self,
        id: &ParticipationId,
        now: Timestamp,
    ) -> Result<(), WorldError> {
        let participation = self
            .participations
            .get_mut(id)
            .ok_or_else(|| WorldError::NoSuchParticipation(id.clone()))?;
        participation.changed(now);
        Ok(())
    }
}

/// The topics with their materials by place, then id, as Hemera shows them.
fn in_order(mut topics: Vec<Topic>) -> Vec<Topic> {
    for topic in &mut topics {
        topic.materials.sort_by(|one, other| {
            (one.sort_order, &one.material_id).cmp(&(other.sort_order, &other.material_id))
        });
    }
    topics
}
