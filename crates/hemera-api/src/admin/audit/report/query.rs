//! SQL of the report.

use serde::{Serialize, Serializer};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::error::AuditCommandError;
use super::super::period::Period;
use super::super::records::shown;
use super::super::session::Session;

/// How many rows of a table a page has room for.
const MOST_ROWS: i64 = 12;

/// What the database says of a period.
#[derive(Debug)]
pub(super) struct FoundInPeriod {
    pub(super) postgresql: String,
    pub(super) operations: Vec<OperationRow>,
    pub(super) refusals: Vec<RefusalRow>,
    pub(super) limited: Vec<LimitedRow>,
    pub(super) tokens: Vec<TokenRow>,
    pub(super) events: Vec<EventRow>,
    pub(super) trail: TrailRow,
}

/// Calls of one operation. Latencies are of successes, in microseconds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OperationRow {
    pub(super) operation: Option<String>,
    pub(super) requests: i64,
    pub(super) refused: i64,
    pub(super) failed: i64,
    #[serde(rename = "p50Us")]
    pub(super) p50: Option<f64>,
    #[serde(rename = "p95Us")]
    pub(super) p95: Option<f64>,
    #[serde(rename = "p99Us")]
    pub(super) p99: Option<f64>,
    #[serde(rename = "maxUs")]
    pub(super) max: Option<i64>,
}

/// Requests that were not answered as asked, for one reason.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RefusalRow {
    pub(super) status: i16,
    pub(super) reason: Option<String>,
    pub(super) requests: i64,
    pub(super) callers: i64,
    #[serde(serialize_with = "as_time")]
    pub(super) first_at: OffsetDateTime,
    #[serde(serialize_with = "as_time")]
    pub(super) last_at: OffsetDateTime,
    /// How many such rows there are, beyond those that are listed.
    #[serde(skip)]
    pub(super) total: i64,
}

/// Requests of one caller over a rate limit.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LimitedRow {
    pub(super) subject: Option<String>,
    pub(super) role: Option<String>,
    pub(super) requests: i64,
    #[serde(serialize_with = "as_time")]
    pub(super) first_at: OffsetDateTime,
    #[serde(serialize_with = "as_time")]
    pub(super) last_at: OffsetDateTime,
}

/// The tokens of one caller: how often it came with a new one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenRow {
    pub(super) subject: Option<String>,
    pub(super) proof: Option<String>,
    pub(super) tokens: i64,
    pub(super) sessions: i64,
    pub(super) requests: i64,
}

/// A kind of security event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventRow {
    pub(super) event: String,
    pub(super) requests: i64,
    pub(super) callers: i64,
    #[serde(serialize_with = "as_time")]
    pub(super) first_at: OffsetDateTime,
    #[serde(serialize_with = "as_time")]
    pub(super) last_at: OffsetDateTime,
}

/// The audit trail itself, now.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TrailRow {
    pub(super) records: i64,
    pub(super) requests: i64,
    /// In no leaf of the transparency log.
    pub(super) pending: i64,
    pub(super) oldest_pending_seconds: Option<f64>,
    pub(super) epoch: Option<i32>,
    pub(super) size: Option<i64>,
    pub(super) checkpoint_age_seconds: Option<f64>,
    pub(super) epochs_begun: i64,
    /// The longest time between two requests that were let in as `api-client`, its begin and end among them.
    pub(super) longest_silence_seconds: Option<f64>,
}

/// Requests of one minute that count for alerts.
#[derive(Clone, Debug)]
pub(super) struct MinuteRow {
    pub(super) minute: i64,
    pub(super) status: i16,
    pub(super) reason: Option<String>,
    pub(super) role: Option<String>,
    pub(super) event: Option<String>,
    pub(super) requests: i64,
}

/// What the objectives count, in one minute.
#[derive(Clone, Copy, Debug)]
pub(super) struct LoadRow {
    pub(super) minute: i64,
    pub(super) requests: i64,
    pub(super) failed: i64,
    pub(super) successes: i64,
    pub(super) slow: i64,
}

/// Reads all of it, one statement after the other.
pub(super) async fn all(session: &mut Session, period: Period) -> Result<FoundInPeriod, AuditCommandError> {
    Ok(FoundInPeriod {
        postgresql: session.run(postgresql).await?,
        operations: session.run(async |it| operations(it, period).await).await?,
        refusals: session.run(async |it| refusals(it, period).await).await?,
        limited: session.run(async |it| limited(it, period).await).await?,
        tokens: session.run(async |it| tokens(it, period).await).await?,
        events: session.run(async |it| events(it, period).await).await?,
        trail: session.run(async |it| trail(it, period).await).await?,
    })
}

async fn postgresql(connection: &mut PgConnection) -> sqlx::Result<String> {
    sqlx::query_scalar!(r#"select current_setting('server_version') as "version!""#)
        .fetch_one(connection)
        .await
}

async fn operations(connection: &mut PgConnection, period: Period) -> sqlx::Result<Vec<OperationRow>> {
    sqlx::query_as!(
        OperationRow,
        r#"
        select operation, sum(occurrences)::bigint as "requests!",
            coalesce(sum(occurrences) filter (where outcome = 'REFUSED'), 0)::bigint as "refused!",
            coalesce(sum(occurrences) filter (where outcome in ('FAILED', 'UNKNOWN')), 0)::bigint as "failed!",
            percentile_cont(0.5) within group (order by duration_us) filter (where outcome in ('SUCCEEDED', 'UNCHANGED')) as p50,
            percentile_cont(0.95) within group (order by duration_us) filter (where outcome in ('SUCCEEDED', 'UNCHANGED')) as p95,
            percentile_cont(0.99) within group (order by duration_us) filter (where outcome in ('SUCCEEDED', 'UNCHANGED')) as p99,
            max(duration_us) filter (where outcome in ('SUCCEEDED', 'UNCHANGED')) as max
        from audit_log
        where at >= $1 and at < $2 and item is null and (operation is null or operation not like 'audit.%')
        group by operation
        order by sum(occurrences) desc, operation
        "#,
        period.since,
        period.until
    )
    .fetch_all(connection)
    .await
}

async fn refusals(connection: &mut PgConnection, period: Period) -> sqlx::Result<Vec<RefusalRow>> {
    sqlx::query_as!(
        RefusalRow,
        r#"
        select status, reason, sum(occurrences)::bigint as "requests!", count(distinct subject) as "callers!",
            min(at) as "first_at!", max(at) as "last_at!", count(*) over () as "total!"
        from audit_log
        where at >= $1 and at < $2 and item is null and outcome in ('REFUSED', 'FAILED', 'UNKNOWN')
        group by status, reason
        order by sum(occurrences) desc, status, reason
        limit $3
        "#,
        period.since,
        period.until,
        MOST_ROWS
    )
    .fetch_all(connection)
    .await
}

async fn limited(connection: &mut PgConnection, period: Period) -> sqlx::Result<Vec<LimitedRow>> {
    sqlx::query_as!(
        LimitedRow,
        r#"
        select subject, role, sum(occurrences)::bigint as "requests!", min(at) as "first_at!", max(at) as "last_at!"
        from audit_log
        where at >= $1 and at < $2 and status = 429
        group by subject, role
        order by sum(occurrences) desc, subject
        limit $3
        "#,
        period.since,
        period.until,
        MOST_ROWS
    )
    .fetch_all(connection)
    .await
}

async fn tokens(connection: &mut PgConnection, period: Period) -> sqlx::Result<Vec<TokenRow>> {
    sqlx::query_as!(
        TokenRow,
        r#"
        select subject, proof, count(distinct token_id) as "tokens!", count(distinct session_id) as "sessions!",
            sum(occurrences)::bigint as "requests!"
        from audit_log
        where at >= $1 and at < $2 and item is null and (token_id is not null or session_id is not null)
        group by subject, proof
        order by count(distinct token_id) desc, subject
        limit $3
        "#,
        period.since,
        period.until,
        MOST_ROWS
    )
    .fetch_all(connection)
    .await
}

async fn events(connection: &mut PgConnection, period: Period) -> sqlx::Result<Vec<EventRow>> {
    sqlx::query_as!(
        EventRow,
        r#"
        select event as "event!", sum(occurrences)::bigint as "requests!", count(distinct subject) as "callers!",
            min(at) as "first_at!", max(at) as "last_at!"
        from audit_log
        cross join lateral unnest(security_events) as event
        where at >= $1 and at < $2
        group by event
        order by sum(occurrences) desc, event
        "#,
        period.since,
        period.until
    )
    .fetch_all(connection)
    .await
}

async fn trail(connection: &mut PgConnection, period: Period) -> sqlx::Result<TrailRow> {
    sqlx::query_as!(
        TrailRow,
        r#"
        select
            counted.records as "records!", counted.requests as "requests!",
            waiting.records as "pending!", waiting.oldest::double precision as oldest_pending_seconds,
            log.epoch as "epoch?", case when log.epoch is not null then log.size end as size,
            extract(epoch from clock_timestamp() - log.note_at)::double precision as checkpoint_age_seconds,
            (select count(*) from audit_epochs where began_at >= $1 and began_at < $2 and epoch > 1) as "epochs_begun!",
            (
                select extract(epoch from max(following - at))::double precision
                from (
                    select at, lead(at, 1, $2) over (order by at) as following
                    from (
                        select at from audit_log where at >= $1 and at < $2 and role = 'api-client'
                        union all select $1
                    ) as moment
                ) as gap
            ) as longest_silence_seconds
        from (
            select count(*) as records, coalesce(sum(occurrences) filter (where item is null), 0)::bigint as requests
            from audit_log where at >= $1 and at < $2
        ) as counted
        cross join (
            select count(*) as records, extract(epoch from clock_timestamp() - min(noted_at)) as oldest from audit_pending
        ) as waiting
        left join audit_sequencer as log on true
        "#,
        period.since,
        period.until
    )
    .fetch_one(connection)
    .await
}

/// What counts for alerts on numbers of requests, by minute.
pub(super) async fn minutes(connection: &mut PgConnection, period: Period) -> sqlx::Result<Vec<MinuteRow>> {
    sqlx::query_as!(
        MinuteRow,
        r#"
        select (extract(epoch from at)::bigint / 60) as "minute!", status, reason, role, event, sum(occurrences)::bigint as "requests!"
        from audit_log
        cross join lateral (select null::text union all select unnest(security_events)) as of (event)
        where at >= $1 and at < $2 and item is null and (outcome in ('REFUSED', 'FAILED', 'UNKNOWN') or security_events is not null)
        group by 1, 2, 3, 4, 5
        order by 1
        "#,
        period.since,
        period.until
    )
    .fetch_all(connection)
    .await
}

/// The load of each minute that had any.
pub(super) async fn load(connection: &mut PgConnection, period: Period) -> sqlx::Result<Vec<LoadRow>> {
    sqlx::query_as!(
        LoadRow,
        r#"
        select (extract(epoch from at)::bigint / 60) as "minute!", sum(occurrences)::bigint as "requests!",
            coalesce(sum(occurrences) filter (
                where status >= 500 and (reason is null or reason not in ('caller_gone', 'body_timed_out'))
            ), 0)::bigint as "failed!",
            count(*) filter (where status < 400) as "successes!",
            count(*) filter (where status < 400 and duration_us > 250000) as "slow!"
        from audit_log
        where at >= $1 and at < $2 and item is null and operation is not null and operation not like 'audit.%'
        group by 1
        order by 1
        "#,
        period.since,
        period.until
    )
    .fetch_all(connection)
    .await
}

fn as_time<S: Serializer>(time: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&shown(*time))
}
