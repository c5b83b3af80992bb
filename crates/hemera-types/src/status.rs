//! How far a participant has come.

use crate::named::named_enum;

named_enum! {
    /// How far a participation has come.
    ParticipationStatus {
        /// Before the course: intents and desired results are collected.
        Preparation = "PREPARATION",
        /// The preparation is summed up.
        Summary = "SUMMARY",
        /// After the course: it is talked over.
        Debriefing = "DEBRIEFING",
        /// The result is being written.
        Result = "RESULT",
        /// The result stands.
        Complete = "COMPLETE",
    }
}

named_enum! {
    /// How far the participation of a booking has come, where it has one at all.
    ParticipantStatus {
        /// Booked, and nothing more: there is no participation yet.
        None = "NONE",
        /// See [`ParticipationStatus::Preparation`].
        Preparation = "PREPARATION",
        /// See [`ParticipationStatus::Summary`].
        Summary = "SUMMARY",
        /// See [`ParticipationStatus::Debriefing`].
        Debriefing = "DEBRIEFING",
        /// See [`ParticipationStatus::Result`].
        Result = "RESULT",
        /// See [`ParticipationStatus::Complete`].
        Complete = "COMPLETE",
    }
}

impl From<Option<ParticipationStatus>> for ParticipantStatus {
    fn from(status: Option<ParticipationStatus>) -> Self {
        match status {
            None => Self::None,
            Some(ParticipationStatus::Preparation) => Self::Preparation,
            Some(ParticipationStatus::Summary) => Self::Summary,
            Some(ParticipationStatus::Debriefing) => Self::Debriefing,
            Some(ParticipationStatus::Result) => Self::Result,
            Some(ParticipationStatus::Complete) => Self::Complete,
        }
    }
}
