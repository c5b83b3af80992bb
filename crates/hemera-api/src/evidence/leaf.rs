//! What of a record becomes a leaf: the record as canonical JSON.
//!
//! The members have the names of the columns and a fixed order, those without a value are left out, and there is no white
//! space. So a column that is added later, at the end, changes no leaf from before. Times are RFC 3339 in UTC with six
//! digits after the second, bytes are hexadecimal.

use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use transparency_log::{Hash, leaf_hash};
use uuid::Uuid;

const MICROSECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// A record by its key, with its columns where it is there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LeafRecord {
    #[serde(skip)]
    pub(crate) found: bool,
    pub(crate) id: i64,
    #[serde(serialize_with = "microseconds")]
    pub(crate) at: OffsetDateTime,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "microseconds_of")]
    pub(crate) recorded_at: Option<OffsetDateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) record_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proof: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) permissions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) permissions_granted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resource_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) changed_fields: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resource_version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) items: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration_us: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) occurrences: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_agent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) security_events: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "hexadecimal")]
    pub(crate) persons_commitment: Option<Vec<u8>>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "hexadecimal")]
    pub(crate) address_commitment: Option<Vec<u8>>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "hexadecimal")]
    pub(crate) user_agent_commitment: Option<Vec<u8>>,
    /// Which part of its request the record is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<i16>,
}

impl LeafRecord {
    /// The leaf. `None` where the record is not there.
    pub(crate) fn leaf(&self) -> Option<Vec<u8>> {
        if !self.found {
            return None;
        }
        // Maps with text keys, numbers and texts are all there is, and a time of PostgreSQL has a year of four digits or
        // is no time of a record.
        serde_json::to_vec(self).ok()
    }

    /// The hash of the leaf. `None` where the record is not there.
    pub(crate) fn hash(&self) -> Option<Hash> {
        self.leaf().map(|leaf| leaf_hash(&leaf))
    }
}

/// A time as leaves have it.
pub(crate) fn shown(time: OffsetDateTime) -> String {
    let utc = time.to_offset(time::UtcOffset::UTC);
    utc.format(MICROSECONDS).unwrap_or_else(|_| utc.to_string())
}

fn microseconds<S: Serializer>(time: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&shown(*time))
}

#[expect(clippy::ref_option, reason = "serde calls it so")]
fn microseconds_of<S: Serializer>(time: &Option<OffsetDateTime>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => microseconds(time, serializer),
        None => serializer.serialize_none(),
    }
}

#[expect(clippy::ref_option, reason = "serde calls it so")]
fn hexadecimal<S: Serializer>(bytes: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    match bytes {
        Some(bytes) => serializer.serialize_str(&hex::encode(bytes)),
        None => serializer.serialize_none(),
    }
}
