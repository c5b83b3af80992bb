//! SQL of the partitions.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::partition::{Partition, Range};

/// The partitions, by table and month, and the others' last.
pub(in crate::admin::audit) async fn all(connection: &mut PgConnection) -> sqlx::Result<Vec<Partition>> {
    sqlx::query_as!(
        Partition,
        r#"
        select part.oid::regclass::text as "name!", parent.relname::text as "parent!",
            substring(pg_get_expr(part.relpartbound, part.oid) from $re$FROM \('([^']+)'\)$re$)::timestamptz as begin,
            substring(pg_get_expr(part.relpartbound, part.oid) from $re$TO \('([^']+)'\)$re$)::timestamptz as end,
            pg_total_relation_size(part.oid) as "size!", greatest(part.reltuples, 0)::bigint as "estimate!"
        from pg_inherits
        join pg_class as part on part.oid = inhrelid
        join pg_class as parent on parent.oid = inhparent
        where inhparent in (to_regclass('audit_log'), to_regclass('audit_details'))
        order by parent.relname desc, 3 nulls last
        "#
    )
    .fetch_all(connection)
    .await
}

/// How many rows a table has in a range.
pub(in crate::admin::audit) async fn count(
    connection: &mut PgConnection,
    parent: &str,
    range: Range,
) -> sqlx::Result<i64> {
    let Range { begin, end } = range;
    if parent == "audit_details" {
        sqlx::query_scalar!(
            r#"
            select count(*) as "count!" from audit_details
            where ($1::timestamptz is null or at >= $1) and ($2::timestamptz is null or at < $2)
            "#,
            begin,
            end
        )
        .fetch_one(connection)
        .await
    } else {
        sqlx::query_scalar!(
            r#"
            select count(*) as "count!" from audit_log
            where ($1::timestamptz is null or at >= $1) and ($2::timestamptz is null or at < $2)
            "#,
            begin,
            end
        )
        .fetch_one(connection)
        .await
    }
}

/// How many records of a range are in no leaf of the transparency log yet.
pub(in crate::admin::audit) async fn pending(
    connection: &mut PgConnection,
    range: Range,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"
        select count(*) as "count!" from audit_pending
        where ($1::timestamptz is null or at >= $1) and ($2::timestamptz is null or at < $2)
        "#,
        range.begin,
        range.end
    )
    .fetch_one(connection)
    .await
}

/// The time so many months before.
pub(in crate::admin::audit) async fn months_before(
    connection: &mut PgConnection,
    now: OffsetDateTime,
    months: u32,
) -> sqlx::Result<OffsetDateTime> {
    sqlx::query_scalar!(
        r#"select (($1::timestamptz at time zone 'UTC') - make_interval(months => $2)) at time zone 'UTC' as "time!""#,
        now,
        i32::try_from(months).unwrap_or(i32::MAX)
    )
    .fetch_one(connection)
    .await
}
