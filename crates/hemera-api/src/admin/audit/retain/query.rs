//! SQL of the end of retention.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::partitions::query as partitions;
use super::month::{Kind, PastMonth};

/// What became of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dropped {
    /// It is gone, with so many rows.
    Rows(i64),
    /// It is there: so many of its records are not in the transparency log.
    StillPending(i64),
}

/// How many records of the month are in no leaf. Details are in none, so of them always 0.
pub(super) async fn pending(connection: &mut PgConnection, month: &PastMonth) -> sqlx::Result<i64> {
    match month.kind {
        Kind::Details => Ok(0),
        Kind::Records => partitions::pending(connection, month.range()).await,
    }
}

/// Drops the month and records that, both or neither.
pub(super) async fn drop_month(
    connection: &mut PgConnection,
    month: &PastMonth,
    now: OffsetDateTime,
    record_id: Uuid,
    with_pending: bool,
) -> sqlx::Result<Dropped> {
    let mut transaction = connection.begin().await?;
    // No more rows come in between the count and the end. PostgreSQL has quoted the name.
    let lock = format!("lock table {} in share mode", month.name);
    sqlx::raw_sql(AssertSqlSafe(lock))
        .execute(&mut *transaction)
        .await?;
    let waiting = pending(&mut transaction, month).await?;
    if waiting > 0 && !with_pending {
        transaction.rollback().await?;
        return Ok(Dropped::StillPending(waiting));
    }
    let rows = partitions::count(&mut transaction, month.kind.table(), month.range()).await?;
    sqlx::raw_sql(AssertSqlSafe(format!("drop table {}", month.name)))
        .execute(&mut *transaction)
        .await?;
    if waiting > 0 {
        forget_pending(&mut transaction, month).await?;
    }
    record(&mut transaction, month, rows, now, record_id).await?;
    transaction.commit().await?;
    Ok(Dropped::Rows(rows))
}

async fn forget_pending(connection: &mut PgConnection, month: &PastMonth) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from audit_pending where at >= $1 and at < $2",
        month.begin,
        month.end
    )
    .execute(connection)
    .await
    .map(drop)
}

/// The end of a retention is itself on record.
async fn record(
    connection: &mut PgConnection,
    month: &PastMonth,
    rows: i64,
    now: OffsetDateTime,
    record_id: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into audit_log (record_id, at, subject, operation, resource_id, outcome, status, items)
        values ($1, $2, session_user, 'audit.retain', $3, 'SUCCEEDED', 200, least($4::bigint, 2147483647)::integer)
        "#,
        record_id,
        now,
        month.name,
        rows
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Makes a partition for each past month of which the partition of all other months has rows.
pub(super) async fn make_past_months(
    connection: &mut PgConnection,
    kind: Kind,
    cutoff: OffsetDateTime,
) -> sqlx::Result<()> {
    let months = match kind {
        Kind::Details => {
            sqlx::query_scalar!(
                r#"
                select distinct date_trunc('month', at at time zone 'UTC') at time zone 'UTC' as "month!"
                from audit_details_default
                where (date_trunc('month', at at time zone 'UTC') + interval '1 month') at time zone 'UTC' <= $1
                "#,
                cutoff
            )
            .fetch_all(&mut *connection)
            .await?
        }
        Kind::Records => {
            sqlx::query_scalar!(
                r#"
                select distinct date_trunc('month', at at time zone 'UTC') at time zone 'UTC' as "month!"
                from audit_log_default
                where (date_trunc('month', at at time zone 'UTC') + interval '1 month') at time zone 'UTC' <= $1
                "#,
                cutoff
            )
            .fetch_all(&mut *connection)
            .await?
        }
    };
    for month in months {
        sqlx::query!(
            r#"select audit_make_partitions_of($1, $2, 0) as "made!""#,
            kind.table(),
            month
        )
        .fetch_one(&mut *connection)
        .await?;
    }
    Ok(())
}
