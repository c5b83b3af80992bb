//! What is asked of the cluster's PostgreSQL, as its superuser.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Row as _};
use url::Url;

/// How long a single question may take.
const PATIENCE: Duration = Duration::from_secs(5);

async fn connect(url: &Url) -> anyhow::Result<PgConnection> {
    let options: PgConnectOptions = url.as_str().parse()?;
    Ok(tokio::time::timeout(PATIENCE, options.connect()).await??)
}

/// Commits something, which a standby cannot, and which waits for the synchronous standby.
pub(crate) async fn commit(url: &Url) -> anyhow::Result<()> {
    let mut connection = connect(url).await?;
    let committed = sqlx::raw_sql("select pg_current_xact_id()").execute(&mut connection);
    tokio::time::timeout(PATIENCE, committed).await??;
    Ok(())
}

/// All processes of a PostgreSQL but the first.
pub(crate) async fn backends(url: &Url) -> anyhow::Result<Vec<i32>> {
    let mut connection = connect(url).await?;
    let rows = sqlx::raw_sql("select pid from pg_stat_activity")
        .fetch_all(&mut connection)
        .await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

/// The process with which a standby receives from the primary.
pub(crate) async fn receiver(url: &Url) -> anyhow::Result<i32> {
    let mut connection = connect(url).await?;
    let row = sqlx::raw_sql("select pid from pg_stat_wal_receiver")
        .fetch_one(&mut connection)
        .await?;
    Ok(row.try_get(0)?)
}

/// Whether it is a standby, and the notes of each participation that it has.
pub(crate) async fn standby_notes(url: &Url) -> anyhow::Result<(bool, HashMap<String, Option<String>>)> {
    let mut connection = connect(url).await?;
    let row = sqlx::raw_sql("select pg_is_in_recovery()")
        .fetch_one(&mut connection)
        .await?;
    let notes = sqlx::raw_sql("select id, result_notes from course_participations")
        .fetch_all(&mut connection)
        .await?;
    let notes = notes
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<_, sqlx::Error>>()?;
    Ok((row.try_get(0)?, notes))
}
