//! SQL about the session itself.

use sqlx::PgConnection;
use time::OffsetDateTime;

/// Deadlines of a session in milliseconds; 0 where there is none.
#[derive(Debug)]
pub(super) struct DeadlineRow {
    pub(super) lock: i64,
    pub(super) statement: i64,
    pub(super) idle_in_transaction: i64,
}

/// The deadlines in force in this session.
pub(super) async fn deadlines(connection: &mut PgConnection) -> Result<DeadlineRow, sqlx::Error> {
    sqlx::query_as!(
        DeadlineRow,
        r#"
        select
            (select setting::bigint from pg_settings where name = 'lock_timeout') as "lock!",
            (select setting::bigint from pg_settings where name = 'statement_timeout') as "statement!",
            (select setting::bigint from pg_settings where name = 'idle_in_transaction_session_timeout')
                as "idle_in_transaction!"
        "#,
    )
    .fetch_one(connection)
    .await
}

/// PostgreSQL's name of the encoding that the database keeps text in.
pub(super) async fn encoding(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    sqlx::query_scalar!(r#"select current_setting('server_encoding') as "encoding!""#)
        .fetch_one(connection)
        .await
}

/// The database's clock.
pub(super) async fn clock(connection: &mut PgConnection) -> Result<OffsetDateTime, sqlx::Error> {
    sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#)
        .fetch_one(connection)
        .await
}
