//! What is asked of the database that is restored, as its owner.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use sqlx::Row as _;
use sqlx::postgres::PgPool;

/// How long a state may take that is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// The database's clock, as PostgreSQL writes it.
pub(crate) async fn now(pool: &PgPool) -> sqlx::Result<String> {
    let row = sqlx::raw_sql("select clock_timestamp()::text")
        .fetch_one(pool)
        .await?;
    row.try_get(0)
}

/// The mistake that the restore undoes: the results of all participations are emptied.
pub(crate) async fn empty_all_results(pool: &PgPool) -> sqlx::Result<u64> {
    let emptied =
        sqlx::raw_sql("update course_participations set result_notes = null, result_outcome = null")
            .execute(pool)
            .await?;
    Ok(emptied.rows_affected())
}

/// Ends the current file of the log, and waits until it is archived.
pub(crate) async fn archive_all(pool: &PgPool) -> anyhow::Result<()> {
    let row = sqlx::raw_sql("select pg_walfile_name(pg_switch_wal())")
        .fetch_one(pool)
        .await?;
    let last: String = row.try_get(0)?;
    let archived = format!("select coalesce(last_archived_wal >= '{last}', false) from pg_stat_archiver");
    until(pool, archived, "the log is never archived").await
}

/// Waits until a restored PostgreSQL is a primary.
pub(crate) async fn until_recovered(pool: &PgPool) -> anyhow::Result<()> {
    let recovered = "select not pg_is_in_recovery()".to_owned();
    until(pool, recovered, "the restored PostgreSQL goes on recovering").await
}

async fn until(pool: &PgPool, question: String, otherwise: &str) -> anyhow::Result<()> {
    let began = SystemClock.now();
    loop {
        // A session of the PostgreSQL of before may still be in the pool.
        let asked = sqlx::raw_sql(sqlx::AssertSqlSafe(question.clone()))
            .fetch_one(pool)
            .await;
        if asked.is_ok_and(|row| row.try_get(0).unwrap_or(false)) {
            return Ok(());
        }
        anyhow::ensure!(SystemClock.now().since(began) < PATIENCE, "{otherwise}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
