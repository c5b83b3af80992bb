//! SQL of where service users call from.

use std::time::Duration;

use crate::database::Database;

/// The longest that a request waits for this. It is asked once for each new value and server.
const PATIENCE: Duration = Duration::from_millis(500);

/// Adds an address or a user agent of a service user, and returns whether it is new to one of whom others are known. Of
/// several servers that ask at the same time, one gets `true`.
pub(super) async fn add(
    database: &Database,
    subject: &str,
    kind: &'static str,
    value_hash: &[u8],
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        with added as (
            insert into audit_origins (subject, kind, value_hash)
            values ($1, $2, $3)
            on conflict do nothing
            returning subject
        )
        select exists (select from added)
            and exists (select from audit_origins where subject = $1 and kind = $2) as "is_new!"
        "#,
        subject,
        kind,
        value_hash,
    )
    .fetch_one(&mut database.lease_within(PATIENCE).await?)
    .await
}
