//! What is really stored, read past the API.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{ConnectOptions, Connection, Postgres, Transaction};
use time::OffsetDateTime;
use url::Url;

/// A participation as its row has it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct StoredResult {
    pub(crate) status: String,
    pub(crate) outcome: Option<String>,
    pub(crate) notes: Option<String>,
    pub(crate) completed_at: Option<OffsetDateTime>,
    pub(crate) version: i64,
}

/// The result of one participation.
pub(crate) async fn stored_result(pool: &PgPool, participation: &str) -> sqlx::Result<StoredResult> {
    sqlx::query_as!(
        StoredResult,
        r#"select status::text as "status!", result_outcome as outcome, result_notes as notes,
                  result_completed_at as completed_at, version
           from course_participations where id = $1"#,
        participation,
    )
    .fetch_one(pool)
    .await
}

/// An audit record, as an auditor reads it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AuditRecord {
    pub(crate) subject: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) proof: Option<String>,
    pub(crate) operation: Option<String>,
    pub(crate) status: i16,
    pub(crate) changed_fields: Option<Vec<String>>,
}

/// The records of one subject, oldest first.
pub(crate) async fn audit_records(pool: &PgPool, subject: &str) -> sqlx::Result<Vec<AuditRecord>> {
    sqlx::query_as!(
        AuditRecord,
        "select subject, role, proof, operation, status, changed_fields
         from audit_log where subject = $1 order by at, id",
        subject,
    )
    .fetch_all(pool)
    .await
}

/// How many requests without a proven caller were recorded as refused.
pub(crate) async fn refused_without_caller(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select coalesce(sum(occurrences), 0)::bigint as "refused!"
           from audit_log where subject is null and status = 401"#,
    )
    .fetch_one(pool)
    .await
}

/// What is never shown of a person, under a pseudonym or not.
pub(crate) const ADDRESS: &str = "a participant's address";

/// What is personal in the academy's data, each with what it is.
pub(crate) async fn personal_texts(pool: &PgPool) -> sqlx::Result<Vec<(&'static str, String)>> {
    let people = sqlx::query!("select id, email, name, image_url from users")
        .fetch_all(pool)
        .await?;
    let mut texts = Vec::new();
    for person in people {
        texts.push(("a participant's id", person.id));
        texts.push((ADDRESS, person.email));
        texts.extend(person.name.map(|name| ("a participant's name", name)));
        texts.extend(person.image_url.map(|url| ("a participant's picture", url)));
    }
    Ok(texts)
}

/// Every audit record with all that it says, a line each.
pub(crate) async fn audit_log_as_text(pool: &PgPool) -> sqlx::Result<String> {
    let lines = sqlx::query_scalar!(r#"select to_jsonb(record)::text as "line!" from audit_log as record"#)
        .fetch_all(pool)
        .await?;
    Ok(lines.join("\n"))
}

/// What PostgreSQL says to a statement that must be refused; nothing where it obeys.
pub(crate) async fn refusal(login: &Url, statement: &'static str) -> sqlx::Result<Option<String>> {
    let options: PgConnectOptions = login.as_str().parse()?;
    let mut connection = options.connect().await?;
    let outcome = sqlx::raw_sql(statement).execute(&mut connection).await;
    connection.close().await?;
    match outcome {
        Ok(_) => Ok(None),
        Err(sqlx::Error::Database(error)) => Ok(Some(error.message().to_owned())),
        Err(error) => Err(error),
    }
}

/// The ids of the materials of a course, each once.
pub(crate) async fn materials_of(pool: &PgPool, course: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"select distinct link.material_id
           from curriculum_topic_materials as link join curriculum_topics as topic on topic.id = link.topic_id
           where topic.course_id = $1
           order by 1"#,
        course,
    )
    .fetch_all(pool)
    .await
}

/// Locks the materials of all courses: who reads them waits until the transaction ends.
pub(crate) async fn lock_materials(pool: &PgPool) -> sqlx::Result<Transaction<'static, Postgres>> {
    let mut lock = pool.begin().await?;
    sqlx::query!("lock table curriculum_materials in access exclusive mode")
        .execute(&mut *lock)
        .await?;
    Ok(lock)
}

/// Locks a participation: who writes it waits until the transaction ends.
pub(crate) async fn lock_participation(
    pool: &PgPool,
    id: &str,
) -> sqlx::Result<Transaction<'static, Postgres>> {
    let mut lock = pool.begin().await?;
    sqlx::query!("select from course_participations where id = $1 for update", id)
        .execute(&mut *lock)
        .await?;
    Ok(lock)
}

/// How long a session may take until it waits for a lock.
const UNTIL_IT_WAITS: Duration = Duration::from_secs(10);

/// Returns when a session waits for this lock.
///
/// # Errors
/// None does within ten seconds.
pub(crate) async fn until_a_session_waits(
    pool: &PgPool,
    lock: &mut Transaction<'static, Postgres>,
) -> anyhow::Result<()> {
    let holder = sqlx::query_scalar!(r#"select pg_backend_pid() as "pid!""#)
        .fetch_one(&mut **lock)
        .await?;
    let began = SystemClock.now();
    loop {
        let waits = sqlx::query_scalar!(
            r#"select exists (
                   select from pg_stat_activity where $1::integer = any (pg_blocking_pids(pid))
               ) as "waits!""#,
            holder,
        )
        .fetch_one(pool)
        .await?;
        if waits {
            return Ok(());
        }
        let waited = SystemClock.now().since(began);
        anyhow::ensure!(
            waited < UNTIL_IT_WAITS,
            "no session waited for the lock within {UNTIL_IT_WAITS:?}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Makes a course with this many participations, `import_1` and so on.
pub(crate) async fn make_large_course(pool: &PgPool, participations: i32) -> sqlx::Result<()> {
    sqlx::query_file!("src/large_course.sql", participations)
        .execute(pool)
        .await?;
    Ok(())
}

/// The versions of its participations, each with how many have it.
pub(crate) async fn versions_of_large_course(pool: &PgPool) -> sqlx::Result<Vec<(i64, i64)>> {
    let rows = sqlx::query!(
        r#"select version, count(*) as "participations!"
           from course_participations where course_id = 'course_import'
           group by version order by version"#
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.version, row.participations))
        .collect())
}

/// Numbers of records of a change by item, each with how many of its participations have so many.
pub(crate) async fn changes_of_large_course(pool: &PgPool) -> sqlx::Result<Vec<(i64, i64)>> {
    let rows = sqlx::query!(
        r#"select changes as "changes!", count(*) as "participations!"
           from (
               select count(record.id) as changes
               from course_participations as participation
               left join audit_log as record
                   on record.resource_id = participation.id and record.item is not null and record.changed_fields <> '{}'
               where participation.course_id = 'course_import'
               group by participation.id
           ) as counted
           group by changes order by changes"#
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.changes, row.participations))
        .collect())
}
