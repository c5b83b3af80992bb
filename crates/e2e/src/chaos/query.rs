//! What the scenarios read past the API, with all rights.

use std::collections::HashMap;

use sqlx::postgres::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

/// A session of the server under test in PostgreSQL.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) pid: i32,
    /// The port that PostgreSQL sees it coming from.
    pub(crate) port: i32,
    pub(crate) state: String,
    pub(crate) query: String,
    pub(crate) waits_for_lock: bool,
}

/// The server's sessions.
pub(crate) async fn sessions(pool: &PgPool) -> sqlx::Result<Vec<Session>> {
    sqlx::query_as!(
        Session,
        r#"select pid as "pid!", coalesce(client_port, 0) as "port!", coalesce(state, '') as "state!",
                  coalesce(query, '') as "query!", coalesce(wait_event_type = 'Lock', false) as "waits_for_lock!"
           from pg_stat_activity
           where datname = current_database() and usename = current_database() || '_login'
           order by pid"#,
    )
    .fetch_all(pool)
    .await
}

/// How many records there are of each id.
pub(crate) async fn records(pool: &PgPool) -> sqlx::Result<HashMap<Uuid, i64>> {
    let rows = sqlx::query!(
        r#"select record_id as "id!", count(*) as "count!" from audit_log where record_id is not null group by record_id"#
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.count)).collect())
}

/// How many records there are of successes, by the id of the request.
pub(crate) async fn successes(pool: &PgPool) -> sqlx::Result<HashMap<String, i64>> {
    let rows = sqlx::query!(
        r#"select request_id as "id!", sum(occurrences)::bigint as "count!" from audit_log
           where request_id is not null and status < 400 group by request_id"#
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.count)).collect())
}

/// The ids of all participations.
pub(crate) async fn participations(pool: &PgPool) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!("select id from course_participations order by id")
        .fetch_all(pool)
        .await
}

/// The notes of each participation.
pub(crate) async fn notes(pool: &PgPool) -> sqlx::Result<HashMap<String, Option<String>>> {
    let rows = sqlx::query!("select id, result_notes from course_participations")
        .fetch_all(pool)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.result_notes)).collect())
}

/// The records of callers other than `subject` since a moment: the most that fall into one minute.
pub(crate) async fn most_records_a_minute(
    pool: &PgPool,
    subject: &str,
    since: OffsetDateTime,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select coalesce(max(records), 0) as "most!" from (
               select count(*) as records from audit_log
               where at >= $2 and subject is distinct from $1
               group by date_trunc('minute', at)
           ) as minutes"#,
        subject,
        since,
    )
    .fetch_one(pool)
    .await
}

/// How many requests without a proven caller were answered with a success.
pub(crate) async fn admitted_without_caller(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select coalesce(sum(occurrences), 0)::bigint as "admitted!"
           from audit_log where subject is null and status < 400"#,
    )
    .fetch_one(pool)
    .await
}

/// How many records are in no leaf of the transparency log yet.
pub(crate) async fn waiting_for_the_log(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar!(r#"select count(*) as "count!" from audit_pending"#)
        .fetch_one(pool)
        .await
}

/// Adds so many records that look like those of reads.
pub(crate) async fn insert_records(pool: &PgPool, records: i32) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into audit_log (
             record_id, at, request_id, subject, role, proof, operation, resource_id, outcome, status, permissions,
             permissions_granted, trace_id, items, duration_us, address_commitment, user_agent_commitment
         )
         select
             gen_random_uuid(), now(), 'request-' || number, 'user_2qHmZb8Kx3Wn5Tj7Rv9Lc1Fd4Ga', 'api-client',
             'template_token', 'participations.get', 'participation_1001', 'SUCCEEDED', 200, array['read:participations'],
             true, md5(number::text), 1, 1500, sha256(number::text::bytea), sha256(number::text::bytea)
         from generate_series(1, $1) as number",
        records,
    )
    .execute(pool)
    .await?;
    Ok(())
}
