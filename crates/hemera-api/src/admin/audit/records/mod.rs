//! Records of the audit trail as they are read, with their details.

pub(super) mod filter;
pub(super) mod query;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use uuid::Uuid;

/// Microseconds, as the database keeps them.
const MICROSECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// Which record: the primary key of `audit_log`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordKey {
    pub(crate) at: OffsetDateTime,
    pub(crate) id: i64,
}

/// A row of `audit_log`, with its row of `audit_details` where there is one.
#[derive(Debug)]
pub(crate) struct StoredRecord {
    /// Its number among the keys that it was asked by, from 1 on.
    pub(super) place: i64,
    pub(super) id: i64,
    pub(super) at: OffsetDateTime,
    pub(super) recorded_at: OffsetDateTime,
    pub(super) record_id: Option<Uuid>,
    pub(super) request_id: Option<String>,
    pub(super) trace_id: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) role: Option<String>,
    pub(super) proof: Option<String>,
    pub(super) key_name: Option<String>,
    pub(super) token_id: Option<String>,
    pub(super) session_id: Option<String>,
    pub(super) operation: Option<String>,
    pub(super) resource_id: Option<String>,
    pub(super) permissions: Option<Vec<String>>,
    pub(super) permissions_granted: Option<bool>,
    pub(super) outcome: String,
    pub(super) status: i16,
    pub(super) error_code: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) items: Option<i32>,
    pub(super) changed_fields: Option<Vec<String>>,
    pub(super) resource_version: Option<i64>,
    pub(super) security_events: Option<Vec<String>>,
    pub(super) duration_us: Option<i64>,
    pub(super) occurrences: i64,
    pub(super) persons_commitment: Option<Vec<u8>>,
    pub(super) address_commitment: Option<Vec<u8>>,
    pub(super) user_agent_commitment: Option<Vec<u8>>,
    pub(super) item: Option<i16>,
    /// In records from before there were details.
    pub(super) client_address: Option<String>,
    pub(super) user_agent: Option<String>,
    /// Whether the following are there: details are dropped before records.
    pub(super) has_details: bool,
    pub(super) persons: Option<Vec<String>>,
    pub(super) persons_salt: Option<Vec<u8>>,
    pub(super) detailed_address: Option<String>,
    pub(super) address_salt: Option<Vec<u8>>,
    pub(super) detailed_user_agent: Option<String>,
    pub(super) user_agent_salt: Option<Vec<u8>>,
}

impl StoredRecord {
    /// Which record it is.
    pub(super) fn key(&self) -> RecordKey {
        RecordKey {
            at: self.at,
            id: self.id,
        }
    }

    /// Where the request came from, wherever that is kept.
    pub(super) fn address(&self) -> Option<&str> {
        self.detailed_address
            .as_deref()
            .or(self.client_address.as_deref())
    }
}

/// A time with microseconds.
pub(super) fn shown(time: OffsetDateTime) -> String {
    time.to_offset(time::UtcOffset::UTC)
        .format(MICROSECONDS)
        .unwrap_or_default()
}

/// The columns of `audit_log` by their names. Those that are null are left out.
pub(super) struct RecordColumns<'r>(pub(super) &'r StoredRecord);

impl Serialize for RecordColumns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(record) = self;
        let mut map = Members(serializer.serialize_map(None)?);
        map.put("id", Some(record.id))?;
        map.put("at", Some(shown(record.at)))?;
        map.put("recorded_at", Some(shown(record.recorded_at)))?;
        map.put("record_id", record.record_id)?;
        map.put("request_id", record.request_id.as_ref())?;
        map.put("trace_id", record.trace_id.as_ref())?;
        map.put("subject", record.subject.as_ref())?;
        map.put("role", record.role.as_ref())?;
        map.put("proof", record.proof.as_ref())?;
        map.put("key_name", record.key_name.as_ref())?;
        map.put("token_id", record.token_id.as_ref())?;
        map.put("session_id", record.session_id.as_ref())?;
        map.put("permissions", record.permissions.as_ref())?;
        map.put("permissions_granted", record.permissions_granted)?;
        map.put("operation", record.operation.as_ref())?;
        map.put("resource_id", record.resource_id.as_ref())?;
        map.put("outcome", Some(&record.outcome))?;
        map.put("status", Some(record.status))?;
        map.put("error_code", record.error_code.as_ref())?;
        map.put("reason", record.reason.as_ref())?;
        map.put("changed_fields", record.changed_fields.as_ref())?;
        map.put("resource_version", record.resource_version)?;
        map.put("items", record.items)?;
        map.put("duration_us", record.duration_us)?;
        map.put("occurrences", Some(record.occurrences))?;
        map.put("client_address", record.client_address.as_ref())?;
        map.put("user_agent", record.user_agent.as_ref())?;
        map.put("security_events", record.security_events.as_ref())?;
        map.put("persons_commitment", in_hex(record.persons_commitment.as_deref()))?;
        map.put("address_commitment", in_hex(record.address_commitment.as_deref()))?;
        map.put(
            "user_agent_commitment",
            in_hex(record.user_agent_commitment.as_deref()),
        )?;
        map.put("item", record.item)?;
        map.0.end()
    }
}

/// The columns of `audit_details` by their names. Those that are null are left out.
pub(super) struct DetailColumns<'r>(pub(super) &'r StoredRecord);

impl Serialize for DetailColumns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(record) = self;
        let mut map = Members(serializer.serialize_map(None)?);
        map.put("persons", record.persons.as_ref())?;
        map.put("persons_salt", in_hex(record.persons_salt.as_deref()))?;
        map.put("client_address", record.detailed_address.as_ref())?;
        map.put("address_salt", in_hex(record.address_salt.as_deref()))?;
        map.put("user_agent", record.detailed_user_agent.as_ref())?;
        map.put("user_agent_salt", in_hex(record.user_agent_salt.as_deref()))?;
        map.0.end()
    }
}

/// The members of an object that have a value.
struct Members<M>(M);

impl<M: serde::ser::SerializeMap> Members<M> {
    fn put<T: Serialize>(&mut self, name: &str, value: Option<T>) -> Result<(), M::Error> {
        match value {
            Some(value) => self.0.serialize_entry(name, &value),
            None => Ok(()),
        }
    }
}

fn in_hex(bytes: Option<&[u8]>) -> Option<String> {
    bytes.map(hex::encode)
}
