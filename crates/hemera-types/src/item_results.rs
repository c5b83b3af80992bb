//! What became of each of many result updates.

use serde::{Deserialize, Serialize};

use crate::named::named_enum;
use crate::{ETag, Open, ParticipationId};

named_enum! {
    /// What became of one update among many.
    ResultVerdict {
        /// The participation was changed.
        Updated = "UPDATED",
        /// It was already as the update wants it.
        Unchanged = "UNCHANGED",
        /// It is not the one that `ifMatch` names: nothing of the update was written. Read it again, then decide.
        PreconditionFailed = "PRECONDITION_FAILED",
        /// There is no such participation.
        NotFound = "NOT_FOUND",
        /// The database did not say what became of the update: send it again, it gives the same result.
        Unknown = "UNKNOWN",
        /// The time was up before the update, or the database could not be reached for it: nothing of it was written, and
        /// nothing will be. Send it again.
        NotReached = "NOT_REACHED",
    }
}

impl ResultVerdict {
    /// Whether sending the update again can give another verdict.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Unknown | Self::NotReached)
    }
}

/// The verdicts on the updates of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemResults {
    /// One for each update, in the order of the request.
    pub results: Vec<ItemResult>,
}

/// What became of one update.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemResult {
    /// The participation that the update names.
    pub participation_id: ParticipationId,
    /// What became of the update.
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::schema::open::<ResultVerdict>))]
    pub verdict: Open<ResultVerdict>,
    /// The participation's entity tag as it stands now; null where that is not known, or there is no such participation.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub etag: Option<ETag>,
    /// The id of the record that the audit log has of this update; null where there is none.
    #[cfg_attr(feature = "openapi", schema(format = "uuid"))]
    pub audit_record: Option<String>,
}
