//! What a test puts into the world.

use std::str::FromStr;

use hemera_types::{
    BookingId, CourseId, CourseLevel, InvalidId, ParticipationId, ParticipationStatus, Timestamp, Topic,
    UserId,
};

/// A course to be put into an [`InMemoryHemera`](crate::testing::InMemoryHemera): published, for beginners, without a date
/// and without materials, unless the methods say otherwise.
#[derive(Clone, Debug)]
#[must_use = "it does nothing until it is put into a Hemera"]
pub struct CourseSeed {
    pub(super) id: CourseId,
    pub(super) title: String,
    pub(super) slug: String,
    pub(super) level: CourseLevel,
    pub(super) start_date: Option<Timestamp>,
    pub(super) end_date: Option<Timestamp>,
    pub(super) published: bool,
    pub(super) updated_at: Option<Timestamp>,
    pub(super) topics: Option<Vec<Topic>>,
}

impl CourseSeed {
    /// A course of this title. Its slug is the text of the id.
    pub fn new(id: CourseId, title: impl Into<String>) -> Self {
        Self {
            slug: id.as_str().to_owned(),
            id,
            title: title.into(),
            level: CourseLevel::Beginner,
            start_date: None,
            end_date: None,
            published: true,
            updated_at: None,
            topics: None,
        }
    }

    /// Its name in Hemera's addresses.
    pub fn with_slug(mut self, slug: impl Into<String>) -> Self {
        self.slug = slug.into();
        self
    }

    /// How demanding it is.
    pub fn with_level(mut self, level: CourseLevel) -> Self {
        self.level = level;
        self
    }

    /// When it begins.
    pub fn starting(mut self, at: Timestamp) -> Self {
        self.start_date = Some(at);
        self
    }

    /// When it ends.
    pub fn ending(mut self, at: Timestamp) -> Self {
        self.end_date = Some(at);
        self
    }

    /// Not published: lists show it only where they are asked for unpublished courses.
    pub fn unpublished(mut self) -> Self {
        self.published = false;
        self
    }

    /// When it last changed; by default the time when it is put.
    pub fn updated_at(mut self, at: Timestamp) -> Self {
        self.updated_at = Some(at);
        self
    }

    /// Its materials by topic, in the order of the curriculum. A course that is put again without them keeps those it has.
    pub fn with_materials(mut self, topics: impl IntoIterator<Item = Topic>) -> Self {
        self.topics = Some(topics.into_iter().collect());
        self
    }
}

/// A booking without a participation: its participant has the status `NONE`.
#[derive(Clone, Debug)]
#[must_use = "it does nothing until it is put into a Hemera"]
pub struct BookingSeed {
    pub(super) id: BookingId,
    pub(super) course: CourseId,
    pub(super) user: UserId,
    pub(super) name: Option<String>,
    pub(super) image_url: Option<String>,
    pub(super) booked_at: Option<Timestamp>,
    pub(super) updated_at: Option<Timestamp>,
}

impl BookingSeed {
    /// A booking of `course` by `user`, who has not given a name.
    pub fn new(id: BookingId, course: CourseId, user: UserId) -> Self {
        Self {
            id,
            course,
            user,
            name: None,
            image_url: None,
            booked_at: None,
            updated_at: None,
        }
    }

    /// The user's name. A name that is not given here stays as it is.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The address of the user's picture.
    pub fn with_image_url(mut self, url: impl Into<String>) -> Self {
        self.image_url = Some(url.into());
        self
    }

    /// When the booking was made, which decides its place among the participants; by default the time when it is put.
    pub fn booked_at(mut self, at: Timestamp) -> Self {
        self.booked_at = Some(at);
        self
    }

    /// When the booking last changed; by default the time when it is put.
    pub fn updated_at(mut self, at: Timestamp) -> Self {
        self.updated_at = Some(at);
        self
    }
}

/// A participation with its booking.
#[derive(Clone, Debug)]
#[must_use = "it does nothing until it is put into a Hemera"]
pub struct ParticipationSeed {
    pub(super) id: ParticipationId,
    pub(super) booking: BookingSeed,
    pub(super) status: ParticipationStatus,
    pub(super) texts: Texts,
    pub(super) preparation_completed_at: Option<Timestamp>,
    pub(super) result_completed_at: Option<Timestamp>,
    pub(super) created_at: Option<Timestamp>,
    pub(super) updated_at: Option<Timestamp>,
}

/// The texts of a participation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) preparation_intent: Option<String>,
    pub(super) desired_results: Option<String>,
    pub(super) line_manager_profile: Option<String>,
    pub(super) result_outcome: Option<String>,
    pub(super) result_notes: Option<String>,
}

impl ParticipationSeed {
    /// A participation in preparation. Its booking and its user have ids of the same text; see
    /// [`of_booking`](Self::of_booking) for others.
    pub fn new(id: ParticipationId, course: CourseId) -> Self {
        let booking = BookingSeed::new(of_same_text(&id), course, of_same_text(&id));
        Self::of_booking(id, booking)
    }

    /// The participation of this booking, in preparation.
    pub fn of_booking(id: ParticipationId, booking: BookingSeed) -> Self {
        Self {
            id,
            booking,
            status: ParticipationStatus::Preparation,
            texts: Texts::default(),
            preparation_completed_at: None,
            result_completed_at: None,
            created_at: None,
            updated_at: None,
        }
    }

    /// The participant's name.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.booking = self.booking.with_name(name);
        self
    }

    /// The address of the participant's picture.
    pub fn with_image_url(mut self, url: impl Into<String>) -> Self {
        self.booking = self.booking.with_image_url(url);
        self
    }

    /// How far it has come.
    pub fn with_status(mut self, status: ParticipationStatus) -> Self {
        self.status = status;
        self
    }

    /// What the participant wants to prepare.
    pub fn with_preparation_intent(mut self, text: impl Into<String>) -> Self {
        self.texts.preparation_intent = Some(text.into());
        self
    }

    /// What the participant wants to take away.
    pub fn with_desired_results(mut self, text: impl Into<String>) -> Self {
        self.texts.desired_results = Some(text.into());
        self
    }

    /// How the participant's line manager is described.
    pub fn with_line_manager_profile(mut self, text: impl Into<String>) -> Self {
        self.texts.line_manager_profile = Some(text.into());
        self
    }

    /// The outcome that is stored.
    pub fn with_outcome(mut self, text: impl Into<String>) -> Self {
        self.texts.result_outcome = Some(text.into());
        self
    }

    /// The notes that are stored.
    pub fn with_notes(mut self, text: impl Into<String>) -> Self {
        self.texts.result_notes = Some(text.into());
        self
    }

    /// When the preparation was finished.
    pub fn prepared_at(mut self, at: Timestamp) -> Self {
        self.preparation_completed_at = Some(at);
        self
    }

    /// When the participation was completed.
    pub fn completed_at(mut self, at: Timestamp) -> Self {
        self.result_completed_at = Some(at);
        self
    }

    /// When it was made; by default the time when it is put.
    pub fn created_at(mut self, at: Timestamp) -> Self {
        self.created_at = Some(at);
        self
    }

    /// When it last changed; by default the time when it is put.
    pub fn updated_at(mut self, at: Timestamp) -> Self {
        self.updated_at = Some(at);
        self
    }
}

/// An id of another kind with the text of this one.
#[expect(
    clippy::expect_used,
    reason = "all kinds of ids have one alphabet and one length"
)]
fn of_same_text<T: FromStr<Err = InvalidId>>(id: &ParticipationId) -> T {
    id.as_str().parse().expect("the text of an id")
}

#[cfg(test)]
mod tests {
    use hemera_types::bounds::ID_CHARS;

    use super::*;

    #[test]
    fn every_id_of_a_participation_is_one_of_a_booking_and_of_a_user() {
        for id in ["a".repeat(*ID_CHARS.start()), "Z9_-".repeat(*ID_CHARS.end() / 4)] {
            let participation = ParticipationId::parse(&id).unwrap();
            let seed = ParticipationSeed::new(participation, CourseId::parse("course").unwrap());
            assert_eq!([seed.booking.id.as_str(), seed.booking.user.as_str()], [&id, &id]);
        }
    }
}
