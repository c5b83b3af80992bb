//! A login with all rights changes the restored database past the log.

use sqlx::postgres::PgPool;

use crate::auditor::{Auditor, Verified};

/// Changes who the oldest record of a write says that it was, with the triggers off, as an owner can.
const CHANGE: &str = "
    set session_replication_role = replica;
    create table tampered as
        select at, id, subject from audit_log where operation = 'participations.update_result' order by at, id limit 1;
    update audit_log set subject = 'another_user' from tampered where audit_log.at = tampered.at and audit_log.id = tampered.id;
    reset session_replication_role;";

/// Takes it back.
const UNDO: &str = "
    set session_replication_role = replica;
    update audit_log set subject = tampered.subject from tampered
        where audit_log.at = tampered.at and audit_log.id = tampered.id;
    drop table tampered;
    reset session_replication_role;";

/// What an auditor's check finds while one record of the restored database is changed.
pub(crate) async fn with_one_changed_record(
    pool: &PgPool,
    auditor: &Auditor<'_>,
    checkpoints: &[&str],
) -> anyhow::Result<Verified> {
    sqlx::raw_sql(CHANGE).execute(pool).await?;
    let verified = auditor.verify_against(checkpoints).await;
    sqlx::raw_sql(UNDO).execute(pool).await?;
    verified
}
