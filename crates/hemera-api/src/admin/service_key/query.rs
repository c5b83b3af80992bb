//! What the audit log says about service keys.

use sqlx::PgConnection;
use time::OffsetDateTime;

/// The uses of one key.
#[derive(Clone, Debug)]
pub(super) struct KeyUse {
    /// The name in the settings at that time.
    pub(super) name: String,
    pub(super) subject: Option<String>,
    pub(super) last_at: OffsetDateTime,
    pub(super) requests: i64,
}

/// The uses since then, by key and subject. Reads the partitions of that time only.
pub(super) async fn uses(connection: &mut PgConnection, since: OffsetDateTime) -> sqlx::Result<Vec<KeyUse>> {
    sqlx::query_as!(
        KeyUse,
        r#"
        select key_name as "name!", subject, max(at) as "last_at!", sum(occurrences)::bigint as "requests!"
        from audit_log
        where at >= $1 and item is null and proof = 'service_key' and key_name is not null
        group by key_name, subject
        order by key_name, subject
        "#,
        since
    )
    .fetch_all(connection)
    .await
}
