//! SQL of the audit log.

use std::time::{Duration, SystemTime};

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::record::Record;
use crate::database::Database;

/// How many months after the current one get their partition in advance.
const MONTHS_AHEAD: i32 = 12;

/// Creates the partitions of the current and the coming months, and returns how many were missing.
///
/// Records of a month without a partition are in the default partition, and move when theirs is created.
///
/// # Errors
/// The database's error; then nothing was changed.
pub async fn make_partitions(connection: &mut PgConnection, now: SystemTime) -> Result<u32, sqlx::Error> {
    let made = sqlx::query_scalar!(
        r#"select audit_log_make_partitions($1, $2) as "made!""#,
        OffsetDateTime::from(now),
        MONTHS_AHEAD,
    )
    .fetch_one(connection)
    .await?;
    Ok(made.unsigned_abs())
}

/// How many months have a partition; 0 where there is no audit log yet.
///
/// # Errors
/// The database's error.
pub(crate) async fn count_partitions(connection: &mut PgConnection) -> Result<u32, sqlx::Error> {
    let count = sqlx::query_scalar!(
        r#"
        select count(*) as "count!"
        from pg_inherits join pg_class on pg_class.oid = pg_inherits.inhrelid
        where inhparent = to_regclass('audit_log') and pg_get_expr(relpartbound, pg_class.oid) <> 'DEFAULT'
        "#
    )
    .fetch_one(connection)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// How long one attempt may take. An attempt that is given up may have been carried out: the next one stores nothing twice.
const ATTEMPT: Duration = Duration::from_secs(3);

/// Inserts all records or none, in one statement. Records that an earlier attempt stored, whose outcome was not known,
/// are left as they are.
pub(super) async fn insert(database: &Database, records: &[Record]) -> Result<(), sqlx::Error> {
    let column = Columns::of(records);
    sqlx::query!(
        r#"
        insert into audit_log (
            record_id, at, request_id, subject, role, proof, key_name, operation, resource_id,
            outcome, status, error_code, reason, client_address, user_agent, duration_us, occurrences
        )
        select
            record_id, at, request_id, subject, role, proof, key_name, operation, resource_id,
            outcome::audit_outcome, status, error_code, reason, client_address::inet, user_agent, duration_us,
            occurrences
        from unnest(
            $1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::smallint[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bigint[],
            $16::bigint[], $17::uuid[]
        ) as record (
            at, request_id, subject, role, proof, key_name, operation, resource_id,
            outcome, status, error_code, reason, client_address, user_agent, duration_us, occurrences, record_id
        )
        on conflict do nothing
        "#,
        &column.at,
        &column.request_id as &[Option<&str>],
        &column.subject as &[Option<&str>],
        &column.role as &[Option<&str>],
        &column.proof as &[Option<&str>],
        &column.key_name as &[Option<&str>],
        &column.operation as &[Option<&str>],
        &column.resource_id as &[Option<&str>],
        &column.outcome as &[&str],
        &column.status,
        &column.code as &[Option<&str>],
        &column.reason as &[Option<&str>],
        &column.client_address as &[Option<String>],
        &column.user_agent as &[Option<&str>],
        &column.duration_us as &[Option<i64>],
        &column.occurrences,
        &column.id,
    )
    .execute(&mut database.lease_within(ATTEMPT).await?)
    .await?;
    Ok(())
}

/// The records by column, as `unnest` takes them.
struct Columns<'a> {
    at: Vec<OffsetDateTime>,
    request_id: Vec<Option<&'a str>>,
    subject: Vec<Option<&'a str>>,
    role: Vec<Option<&'a str>>,
    proof: Vec<Option<&'a str>>,
    key_name: Vec<Option<&'a str>>,
    operation: Vec<Option<&'a str>>,
    resource_id: Vec<Option<&'a str>>,
    outcome: Vec<&'a str>,
    status: Vec<i16>,
    code: Vec<Option<&'a str>>,
    reason: Vec<Option<&'a str>>,
    client_address: Vec<Option<String>>,
    user_agent: Vec<Option<&'a str>>,
    duration_us: Vec<Option<i64>>,
    occurrences: Vec<i64>,
    id: Vec<Uuid>,
}

impl<'a> Columns<'a> {
    fn of(records: &'a [Record]) -> Self {
        fn each<'a, T>(records: &'a [Record], value: impl Fn(&'a Record) -> T) -> Vec<T> {
            records.iter().map(value).collect()
        }
        Self {
            at: each(records, |record| record.at),
            request_id: each(records, |record| record.request_id.as_deref()),
            subject: each(records, |record| record.subject.as_deref()),
            role: each(records, |record| record.role),
            proof: each(records, |record| record.proof),
            key_name: each(records, |record| record.key_name.as_deref()),
            operation: each(records, |record| record.operation),
            resource_id: each(records, |record| record.resource_id.as_deref()),
            outcome: each(records, |record| record.outcome.name()),
            status: each(records, Record::status),
            code: each(records, |record| record.code),
            reason: each(records, |record| record.reason),
            client_address: each(records, |record| {
                record.client_address.map(|address| address.to_string())
            }),
            user_agent: each(records, |record| record.user_agent.as_deref()),
            duration_us: each(records, Record::duration_us),
            occurrences: each(records, |record| i64::from(record.occurrences)),
            id: each(records, |record| record.id),
        }
    }
}
