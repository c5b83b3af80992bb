//! SQL of the command that begins an epoch, with the owner's login.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::admin::audit::log::query::StateRow;

/// The state of the log, locked until the transaction ends, and given back by whichever server has it.
pub(super) async fn take_state(connection: &mut PgConnection) -> sqlx::Result<StateRow> {
    sqlx::query_as!(
        StateRow,
        r#"
        update audit_sequencer set fence = fence + 1, holder = null, held_until = '-infinity'
        returning epoch, note
        "#
    )
    .fetch_one(connection)
    .await
}

/// The number of the newest epoch; 0 for none.
pub(super) async fn newest_epoch(connection: &mut PgConnection) -> sqlx::Result<i32> {
    sqlx::query_scalar!(r#"select coalesce(max(epoch), 0) as "epoch!" from audit_epochs"#)
        .fetch_one(connection)
        .await
}

/// Records that an epoch was begun.
pub(super) async fn record_restart(connection: &mut PgConnection, epoch: i32) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into audit_log (record_id, at, subject, operation, resource_id, outcome, status)
        values ($1, clock_timestamp(), session_user, 'audit.restart', $2, 'SUCCEEDED', 200)
        "#,
        Uuid::new_v4(),
        epoch.to_string(),
    )
    .execute(connection)
    .await
    .map(drop)
}
