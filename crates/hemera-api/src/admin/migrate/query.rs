//! SQL of the migrations' commands.

use sqlx::{Connection as _, PgConnection, Postgres, Transaction};

/// Begins a transaction in which the database refuses every change.
pub(super) async fn begin_to_read(connection: &mut PgConnection) -> sqlx::Result<Transaction<'_, Postgres>> {
    let mut transaction = connection.begin_with("begin read only").await?;
    sqlx::raw_sql("set local lock_timeout = '2s'; set local statement_timeout = '1min'")
        .execute(&mut *transaction)
        .await?;
    Ok(transaction)
}

/// Whether the login may change the schema: create in it, and change the table of the migrations, if there is one.
pub(super) async fn may_migrate(connection: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"
        select has_schema_privilege(current_schema(), 'CREATE') and not exists (
            select from pg_class
            where oid = to_regclass('_sqlx_migrations') and not pg_has_role(current_user, relowner, 'USAGE')
        ) as "may!"
        "#
    )
    .fetch_one(connection)
    .await
}
