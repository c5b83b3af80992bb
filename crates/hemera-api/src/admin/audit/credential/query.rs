//! SQL of the uses of a credential.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::period::Period;

/// What was done with it by one operation and with one outcome.
#[derive(Debug)]
pub(super) struct UseRow {
    pub(super) kind: String,
    pub(super) subject: Option<String>,
    pub(super) role: Option<String>,
    pub(super) operation: Option<String>,
    pub(super) outcome: String,
    pub(super) reason: Option<String>,
    pub(super) requests: i64,
    pub(super) first_at: OffsetDateTime,
    pub(super) last_at: OffsetDateTime,
}

/// An address that it came from, or a person whose data were returned or changed.
#[derive(Debug)]
pub(super) struct SeenRow {
    pub(super) what: Option<String>,
    pub(super) requests: i64,
    pub(super) first_at: OffsetDateTime,
    pub(super) last_at: OffsetDateTime,
    /// How many of its kind there are, beyond those that are listed.
    pub(super) total: i64,
}

pub(super) async fn uses(
    connection: &mut PgConnection,
    id: &str,
    period: Period,
) -> sqlx::Result<Vec<UseRow>> {
    sqlx::query_as!(
        UseRow,
        r#"
        select
            case when key_name = $1 then 'service key' when session_id = $1 then 'session' else 'token' end as "kind!",
            subject, role, operation, outcome::text as "outcome!", reason, sum(occurrences)::bigint as "requests!",
            min(at) as "first_at!", max(at) as "last_at!"
        from audit_log
        where at >= $2 and at < $3 and item is null and (token_id = $1 or session_id = $1 or key_name = $1)
        group by 1, 2, 3, 4, 5, 6
        order by sum(occurrences) desc, 4, 5, 6
        "#,
        id,
        period.since,
        period.until
    )
    .fetch_all(connection)
    .await
}

pub(super) async fn addresses(
    connection: &mut PgConnection,
    id: &str,
    period: Period,
    most: i64,
) -> sqlx::Result<Vec<SeenRow>> {
    sqlx::query_as!(
        SeenRow,
        r#"
        select host(coalesce(detail.client_address, record.client_address)) as what,
            sum(record.occurrences)::bigint as "requests!", min(record.at) as "first_at!", max(record.at) as "last_at!",
            count(*) over () as "total!"
        from audit_log as record
        left join audit_details as detail
            on detail.at = record.at and detail.record_id = record.record_id and detail.at >= $2 and detail.at < $3
        where record.at >= $2 and record.at < $3 and record.item is null
            and (record.token_id = $1 or record.session_id = $1 or record.key_name = $1)
        group by 1
        order by sum(record.occurrences) desc, 1
        limit $4
        "#,
        id,
        period.since,
        period.until,
        most
    )
    .fetch_all(connection)
    .await
}

pub(super) async fn persons(
    connection: &mut PgConnection,
    id: &str,
    period: Period,
    most: i64,
) -> sqlx::Result<Vec<SeenRow>> {
    sqlx::query_as!(
        SeenRow,
        r#"
        select person as what, sum(record.occurrences)::bigint as "requests!", min(record.at) as "first_at!",
            max(record.at) as "last_at!", count(*) over () as "total!"
        from audit_log as record
        join audit_details as detail
            on detail.at = record.at and detail.record_id = record.record_id and detail.at >= $2 and detail.at < $3
        cross join lateral unnest(detail.persons) as person
        where record.at >= $2 and record.at < $3
            and (record.token_id = $1 or record.session_id = $1 or record.key_name = $1)
        group by 1
        order by sum(record.occurrences) desc, 1
        limit $4
        "#,
        id,
        period.since,
        period.until,
        most
    )
    .fetch_all(connection)
    .await
}
