//! SQL of the usage.

use time::OffsetDateTime;

use crate::database::Database;

/// The requests of one day, subject, operation and status class.
#[derive(Debug)]
pub(super) struct UsageCount {
    pub(super) day: String,
    pub(super) subject: Option<String>,
    pub(super) operation: Option<String>,
    pub(super) status_class: String,
    pub(super) requests: i64,
    pub(super) items: i64,
}

/// Counts the requests of a period. Reads the partitions of its months only.
pub(super) async fn count(
    database: &Database,
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<Vec<UsageCount>, sqlx::Error> {
    sqlx::query_as!(
        UsageCount,
        r#"
        select
            to_char(at at time zone 'UTC', 'YYYY-MM-DD') as "day!",
            subject,
            operation,
            status / 100 || 'xx' as "status_class!",
            sum(occurrences)::bigint as "requests!",
            coalesce(sum(items), 0)::bigint as "items!"
        from audit_log
        where at >= $1 and at < $2 and item is null
        group by 1, 2, 3, 4
        order by 1 desc, subject collate "C" nulls last, operation collate "C" nulls last, 4
        "#,
        from,
        until,
    )
    .fetch_all(&mut database.lease().await?)
    .await
}
