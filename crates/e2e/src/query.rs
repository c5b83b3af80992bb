//! What is really stored, read past the API.

use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{ConnectOptions, Connection};
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
