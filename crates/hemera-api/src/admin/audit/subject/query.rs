//! SQL of the accesses to a person's data.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::period::Period;

/// What one caller did with the person's data by one operation.
#[derive(Debug)]
pub(super) struct AccessRow {
    pub(super) subject: Option<String>,
    pub(super) role: Option<String>,
    pub(super) proof: Option<String>,
    pub(super) key_name: Option<String>,
    pub(super) operation: Option<String>,
    pub(super) changed: bool,
    pub(super) requests: i64,
    pub(super) first_at: OffsetDateTime,
    pub(super) last_at: OffsetDateTime,
}

/// How far back there is what the command reads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coverage {
    pub(super) details_from: Option<OffsetDateTime>,
    pub(super) records_from: Option<OffsetDateTime>,
}

pub(super) async fn accesses(
    connection: &mut PgConnection,
    person: &str,
    period: Period,
) -> sqlx::Result<Vec<AccessRow>> {
    sqlx::query_as!(
        AccessRow,
        r#"
        select record.subject, record.role, record.proof, record.key_name, record.operation,
            record.changed_fields is not null as "changed!", sum(record.occurrences)::bigint as "requests!",
            min(record.at) as "first_at!", max(record.at) as "last_at!"
        from audit_details as detail
        join audit_log as record on record.at = detail.at and record.record_id = detail.record_id
        where detail.persons @> array[$1::text] and detail.at >= $2 and detail.at < $3
            and record.at >= $2 and record.at < $3
        group by 1, 2, 3, 4, 5, 6
        order by max(record.at) desc, record.subject, record.operation
        "#,
        person,
        period.since,
        period.until
    )
    .fetch_all(connection)
    .await
}

pub(super) async fn coverage(connection: &mut PgConnection) -> sqlx::Result<Coverage> {
    sqlx::query_as!(
        Coverage,
        r#"
        select (select min(at) from audit_details) as details_from, (select min(at) from audit_log) as records_from
        "#
    )
    .fetch_one(connection)
    .await
}
