//! Single resources, as the contract shows them.

use hemera_types::{
    BookedParticipation, BookingId, CourseDetail, CourseId, CourseMaterials, ETag, Open, Participant,
    ParticipantStatus, Participation, ParticipationId,
};

use super::store::{BookingRecord, ParticipationRecord, World};

impl World {
    /// A course and the people who booked it, published or not.
    pub(in crate::testing) fn course(&self, id: &CourseId) -> Option<CourseDetail> {
        let course = self.courses.get(id)?;
        let mut bookings: Vec<_> = self.bookings_of(id).collect();
        bookings.sort_by_key(|(id, booking)| (booking.created_at, *id));
        let participation_of =
            |booking: &BookingRecord| self.participations.get(booking.participation.as_ref()?);
        Some(CourseDetail {
            id: id.clone(),
            title: course.title.clone(),
            slug: course.slug.clone(),
            level: Open::Known(course.level),
            start_date: course.start_date,
            end_date: course.end_date,
            updated_at: self.last_change(id, course),
            participants: bookings
                .iter()
                .map(|(id, booking)| self.participant(id, booking, participation_of(booking)))
                .collect(),
            participations: bookings
                .iter()
                .map(|(id, booking)| self.booked(id, booking, participation_of(booking)))
                .collect(),
        })
    }

    fn participant(
        &self,
        id: &BookingId,
        booking: &BookingRecord,
        participation: Option<&ParticipationRecord>,
    ) -> Participant {
        let user = self.identity.shown(self.users.get(&booking.user));
        let texts = participation.map(|participation| participation.texts.clone());
        let texts = texts.unwrap_or_default();
        let status = participation.map(|participation| participation.status);
        Participant {
            booking_id: id.clone(),
            participation_id: booking.participation.clone(),
            user_id: self.identity.user_id(&booking.user),
            name: user.name,
            image_url: user.image_url,
            status: Open::Known(ParticipantStatus::from(status)),
            preparation_intent: texts.preparation_intent,
            desired_results: texts.desired_results,
            line_manager_profile: texts.line_manager_profile,
            preparation_completed_at: participation
                .and_then(|participation| participation.preparation_completed_at),
        }
    }

    /// The materials of a course by topic.
    pub(in crate::testing) fn materials(&self, id: &CourseId) -> Option<CourseMaterials> {
        self.courses.get(id).map(|course| CourseMaterials {
            course_id: id.clone(),
            topics: course.topics.clone(),
        })
    }

    /// A participation and the tag of its version.
    pub(in crate::testing) fn participation(&self, id: &ParticipationId) -> Option<(Participation, ETag)> {
        let record = self.participations.get(id)?;
        let participation = Participation {
            id: id.clone(),
            user_id: self.identity.user_id(&record.user),
            course_id: record.course.clone(),
            booking_id: record.booking.clone(),
            status: Open::Known(record.status),
            preparation_intent: record.texts.preparation_intent.clone(),
            desired_results: record.texts.desired_results.clone(),
            result_outcome: record.texts.result_outcome.clone(),
            result_notes: record.texts.result_notes.clone(),
            result_completed_at: record.result_completed_at,
            created_at: record.created_at,
            updated_at: record.updated_at,
        };
        Some((participation, record.tag()))
    }

    fn booked(
        &self,
        id: &BookingId,
        booking: &BookingRecord,
        participation: Option<&ParticipationRecord>,
    ) -> BookedParticipation {
        BookedParticipation {
            id: booking.participation.clone(),
            booking_id: id.clone(),
            user_id: self.identity.user_id(&booking.user),
            status: participation.map(|participation| Open::Known(participation.status)),
            created_at: booking.created_at,
        }
    }
}
