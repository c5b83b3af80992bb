//! SQL of the audit log.

use std::time::{Duration, SystemTime};

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::columns::{Columns, Personal};
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

/// The names of the partitions that [`make_partitions`] would create, also where their tables are not there yet.
///
/// # Errors
/// The database's error.
pub(crate) async fn missing_partitions(
    connection: &mut PgConnection,
    now: SystemTime,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select name as "name!"
        from (select date_trunc('month', $1::timestamptz at time zone 'UTC')) as current (month)
        cross join generate_series(0, $2::integer) as ahead (months)
        cross join (values ('audit_log'), ('audit_details')) as audited (parent)
        cross join lateral (
            select parent || '_' || to_char(month + make_interval(months => ahead.months), 'YYYY_MM')
        ) as partition (name)
        where to_regclass(name) is null
        order by parent desc, name
        "#,
        OffsetDateTime::from(now),
        MONTHS_AHEAD,
    )
    .fetch_all(connection)
    .await
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
    let [persons, address, user_agent] = [Personal::PERSONS, Personal::ADDRESS, Personal::USER_AGENT]
        .map(|values| Personal::of(records, values));
    sqlx::query_file!(
        "src/audit/insert.sql",
        &column.at,
        &column.id,
        &column.request_id as &[Option<&str>],
        &column.subject as &[Option<&str>],
        &column.role as &[Option<&str>],
        &column.proof as &[Option<&str>],
        &column.key_name as &[Option<&str>],
        &column.operation as &[Option<&str>],
        &column.resource_id as &[Option<&str>],
        &column.outcome as &[&str],
        &column.code as &[Option<&str>],
        &column.status,
        &column.reason as &[Option<&str>],
        &column.trace_id as &[Option<&str>],
        &column.duration_us as &[Option<i64>],
        &column.occurrences,
        &column.token_id as &[Option<&str>],
        &column.session_id as &[Option<&str>],
        &column.permissions as &[Option<String>],
        &column.permissions_granted as &[Option<bool>],
        &column.items as &[Option<i32>],
        &column.security_events as &[Option<String>],
        &persons.values as &[Option<String>],
        &persons.hashes as &[Option<Vec<u8>>],
        &persons.salts as &[Option<Vec<u8>>],
        &address.values as &[Option<String>],
        &address.hashes as &[Option<Vec<u8>>],
        &address.salts as &[Option<Vec<u8>>],
        &user_agent.values as &[Option<String>],
        &user_agent.hashes as &[Option<Vec<u8>>],
        &user_agent.salts as &[Option<Vec<u8>>],
        &column.item as &[Option<i16>],
    )
    .execute(&mut database.lease_within(ATTEMPT).await?)
    .await?;
    Ok(())
}
