//! SQL of records: which ones, page by page, and what they hold.
//!
//! A page is one statement, so however slowly the output is read, no statement and no snapshot is held open for it.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::period::Period;
use super::filter::{RecordFilter, RecordedOutcome};
use super::{RecordKey, StoredRecord};

/// How many records are in memory at the same time.
pub(in crate::admin::audit) const PAGE: usize = 1000;

/// The keys of the records that pass the filter, newest first: those before `after` in this order.
pub(in crate::admin::audit) async fn newest_first(
    connection: &mut PgConnection,
    period: Period,
    filter: &RecordFilter,
    after: Option<RecordKey>,
    limit: usize,
) -> sqlx::Result<Vec<RecordKey>> {
    let (after_at, after_id) = (after.map(|key| key.at), after.map(|key| key.id));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let outcome = filter.outcome.map(RecordedOutcome::name);
    match &filter.person {
        None => {
            sqlx::query_file_as!(
                RecordKey,
                "src/admin/audit/records/keys.sql",
                period.since,
                period.until,
                after_at,
                after_id,
                filter.subject,
                filter.operation,
                outcome,
                filter.status,
                filter.reason,
                filter.resource,
                filter.security_event,
                limit
            )
            .fetch_all(connection)
            .await
        }
        Some(person) => {
            sqlx::query_file_as!(
                RecordKey,
                "src/admin/audit/records/keys_of_person.sql",
                period.since,
                period.until,
                after_at,
                after_id,
                filter.subject,
                filter.operation,
                outcome,
                filter.status,
                filter.reason,
                filter.resource,
                filter.security_event,
                limit,
                person
            )
            .fetch_all(connection)
            .await
        }
    }
}

/// The keys of all records of the period, oldest first: those behind `after`.
pub(in crate::admin::audit) async fn oldest_first(
    connection: &mut PgConnection,
    period: Period,
    after: Option<RecordKey>,
    limit: usize,
) -> sqlx::Result<Vec<RecordKey>> {
    sqlx::query_file_as!(
        RecordKey,
        "src/admin/audit/records/keys_oldest_first.sql",
        period.since,
        period.until,
        after.map(|key| key.at),
        after.map(|key| key.id),
        i64::try_from(limit).unwrap_or(i64::MAX)
    )
    .fetch_all(connection)
    .await
}

/// The records of these keys in their order. A key without a record is left out.
pub(in crate::admin::audit) async fn read(
    connection: &mut PgConnection,
    keys: &[RecordKey],
) -> sqlx::Result<Vec<StoredRecord>> {
    let ats: Vec<OffsetDateTime> = keys.iter().map(|key| key.at).collect();
    let ids: Vec<i64> = keys.iter().map(|key| key.id).collect();
    let (Some(first), Some(last)) = (ats.iter().min(), ats.iter().max()) else {
        return Ok(Vec::new());
    };
    sqlx::query_file_as!(
        StoredRecord,
        "src/admin/audit/records/records.sql",
        &ats,
        &ids,
        first,
        last
    )
    .fetch_all(connection)
    .await
}
