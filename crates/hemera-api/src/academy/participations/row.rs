//! From a row to what the wire shows of a participation.

use hemera_types::{BookingId, CourseId, Open, Participation, ParticipationId};
use time::OffsetDateTime;

use crate::academy::identity::Identity;
use crate::academy::row::{BrokenRow, InColumn as _};

const TABLE: &str = "course_participations";

/// A participation as it is stored.
#[derive(Debug)]
pub(super) struct ParticipationRow {
    pub(super) id: String,
    pub(super) user_id: String,
    pub(super) course_id: String,
    pub(super) booking_id: String,
    pub(super) status: String,
    pub(super) preparation_intent: Option<String>,
    pub(super) desired_results: Option<String>,
    pub(super) result_outcome: Option<String>,
    pub(super) result_notes: Option<String>,
    pub(super) result_completed_at: Option<OffsetDateTime>,
    pub(super) created_at: OffsetDateTime,
    pub(super) updated_at: OffsetDateTime,
    pub(super) version: i64,
}

impl ParticipationRow {
    /// The participation, and the version that names it.
    pub(super) fn into_wire(self, identity: &Identity) -> Result<(Participation, i64), BrokenRow> {
        let participation = Participation {
            id: ParticipationId::parse(self.id).in_column(TABLE, "id")?,
            user_id: identity.user_id(self.user_id).in_column(TABLE, "user_id")?,
            course_id: CourseId::parse(self.course_id).in_column(TABLE, "course_id")?,
            booking_id: BookingId::parse(self.booking_id).in_column(TABLE, "booking_id")?,
            status: Open::of(&self.status),
            preparation_intent: self.preparation_intent,
            desired_results: self.desired_results,
            result_outcome: self.result_outcome,
            result_notes: self.result_notes,
            result_completed_at: self.result_completed_at.map(Into::into),
            created_at: self.created_at.into(),
            updated_at: self.updated_at.into(),
        };
        Ok((participation, self.version))
    }
}

/// What the statement of a write decided, and the participation as it stands afterwards.
#[derive(Debug)]
pub(super) struct StandingRow {
    pub(super) verdict: String,
    pub(super) id: String,
    pub(super) user_id: String,
    pub(super) course_id: String,
    pub(super) booking_id: String,
    pub(super) status: String,
    pub(super) preparation_intent: Option<String>,
    pub(super) desired_results: Option<String>,
    pub(super) result_outcome: Option<String>,
    pub(super) result_notes: Option<String>,
    pub(super) result_completed_at: Option<OffsetDateTime>,
    pub(super) created_at: OffsetDateTime,
    pub(super) updated_at: OffsetDateTime,
    pub(super) version: i64,
}

impl From<StandingRow> for ParticipationRow {
    fn from(row: StandingRow) -> Self {
        Self {
            id: row.id,
            user_id: row.user_id,
            course_id: row.course_id,
            booking_id: row.booking_id,
            status: row.status,
            preparation_intent: row.preparation_intent,
            desired_results: row.desired_results,
            result_outcome: row.result_outcome,
            result_notes: row.result_notes,
            result_completed_at: row.result_completed_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}
