//! SQL about the session itself.

use std::time::Duration;

use sqlx::{AssertSqlSafe, PgConnection, Row as _};
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

/// The PostgreSQL server, the encoding of the database, and whether it takes no writes.
#[derive(Debug)]
pub(super) struct ServerRow {
    pub(super) version: String,
    pub(super) version_number: i32,
    pub(super) encoding: String,
    pub(super) is_read_only: bool,
}

/// The version of the server, the encoding of the database, and whether it takes no writes.
pub(super) async fn server(connection: &mut PgConnection) -> Result<ServerRow, sqlx::Error> {
    sqlx::query_as!(
        ServerRow,
        r#"
        select
            current_setting('server_version') as "version!",
            current_setting('server_version_num')::integer as "version_number!",
            current_setting('server_encoding') as "encoding!",
            current_setting('transaction_read_only')::boolean as "is_read_only!"
        "#,
    )
    .fetch_one(connection)
    .await
}

/// What the current role can do beyond what a server needs, in words.
pub(super) async fn excess_of_login(connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select words as "words!"
        from pg_roles r
        cross join lateral (values
            ('is a superuser', r.rolsuper),
            ('owns the schema''s tables', not r.rolsuper and exists (
                select from pg_class c
                where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
                    and pg_has_role(r.oid, c.relowner, 'USAGE')
            )),
            ('may create tables', not r.rolsuper and has_schema_privilege(r.oid, current_schema(), 'CREATE')),
            ('may create schemas', not r.rolsuper and has_database_privilege(r.oid, current_database(), 'CREATE')),
            ('may create temporary tables',
                not r.rolsuper and has_database_privilege(r.oid, current_database(), 'TEMPORARY')),
            ('may read e-mail addresses',
                not r.rolsuper and has_column_privilege(r.oid, to_regclass('users')::oid, 'email', 'SELECT')),
            ('may create roles', not r.rolsuper and r.rolcreaterole)
        ) as excess (words, holds)
        where r.rolname = current_user and holds
        "#,
    )
    .fetch_all(connection)
    .await
}

/// What a new connection asks first.
#[derive(Debug)]
pub(super) struct GreetingRow {
    /// The database's clock.
    pub(super) now: OffsetDateTime,
    pub(super) is_read_only: bool,
}

/// The database's clock, and whether it takes no writes.
pub(super) async fn greeting(connection: &mut PgConnection) -> Result<GreetingRow, sqlx::Error> {
    sqlx::query_as!(
        GreetingRow,
        r#"
        select clock_timestamp() as "now!", current_setting('transaction_read_only')::boolean as "is_read_only!"
        "#,
    )
    .fetch_one(connection)
    .await
}

/// Whether the session takes no writes: PostgreSQL is a standby, or its settings say so. Not prepared, so that it is one round
/// trip on a new connection, too.
pub(super) async fn is_read_only(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let row = sqlx::raw_sql("show transaction_read_only")
        .fetch_one(connection)
        .await?;
    Ok(row.try_get::<String, _>(0)? == "on")
}

/// Begins a transaction, and says which process serves it. Neither statement is prepared.
pub(super) async fn begin(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    let rows = sqlx::raw_sql("begin; select pg_backend_pid()")
        .fetch_all(connection)
        .await?;
    rows.first().ok_or(sqlx::Error::RowNotFound)?.try_get(0)
}

/// Ends a transaction, with a statement that is not prepared.
pub(super) async fn commit(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("commit").execute(connection).await.map(drop)
}

/// The answer to a statement that is prepared the first time that a connection runs it, and answers its own text: hexadecimal
/// digits, so that they need no escaping.
pub(super) async fn prepared(connection: &mut PgConnection, digits: &str) -> Result<String, sqlx::Error> {
    sqlx::query_scalar(AssertSqlSafe(format!("select '{digits}'")))
        .fetch_one(connection)
        .await
}

/// Bounds the statements of a session.
pub(super) async fn set_limits(
    connection: &mut PgConnection,
    lock: Duration,
    statement: Duration,
) -> Result<(), sqlx::Error> {
    let (lock, statement) = (lock.as_millis(), statement.as_millis());
    sqlx::raw_sql(AssertSqlSafe(format!(
        "set lock_timeout = {lock}; set statement_timeout = {statement}"
    )))
    .execute(connection)
    .await
    .map(drop)
}

/// Whether any migration was ever applied: the driver makes its table first.
pub(super) async fn has_migrations(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"select to_regclass('_sqlx_migrations') is not null as "has!""#)
        .fetch_one(connection)
        .await
}

/// A migration that has been applied.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct AppliedMigration {
    pub(crate) version: i64,
    pub(crate) description: String,
    pub(crate) installed_on: OffsetDateTime,
    pub(crate) success: bool,
    pub(crate) checksum: Vec<u8>,
}

/// What the driver keeps of the migrations. Not checked when this is compiled: the table is the driver's.
pub(super) async fn applied_migrations(
    connection: &mut PgConnection,
) -> Result<Vec<AppliedMigration>, sqlx::Error> {
    sqlx::query_as(
        "select version, description, installed_on, success, checksum from _sqlx_migrations order by version",
    )
    .fetch_all(connection)
    .await
}
