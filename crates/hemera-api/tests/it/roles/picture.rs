//! What each role may do, as a table: a change of rights is seen as a changed line.

use crate::support::{TestDatabase, role_names};

/// What a role may do with a table, whoever gave it the right; where it is on some columns only, these.
const PICTURE: &str = "
    with things as (
        select c.oid, c.relname::text as name, r.rolname::text as role, p.right
        from pg_class c
        cross join pg_roles r
        cross join (values
            ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE'), ('REFERENCES'), ('TRIGGER')
        ) as p (\"right\")
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S', 'v', 'm')
            and r.rolname = any ($1)
    )
    select substring(role from '[a-z]+$') || ' ' || name || ': ' || lower(things.right) || coalesce(columns, '')
    from things
    left join lateral (
        select ' (' || string_agg(a.attname, ', ' order by a.attnum) || ')' as columns
        from pg_attribute a
        where a.attrelid = things.oid and a.attnum > 0 and not a.attisdropped
            and things.right in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
            and has_column_privilege(role, a.attrelid, a.attnum, things.right)
    ) as partly on not has_table_privilege(role, things.oid, things.right)
    where has_table_privilege(role, things.oid, things.right) or columns is not null
    order by 1";

#[tokio::test]
async fn what_the_server_and_an_auditor_may_do() {
    let database = TestDatabase::create().await;
    let pool = database.pool().await;
    let names = role_names();
    let lines: Vec<String> = sqlx::query_scalar(PICTURE)
        .bind([names.server(), names.auditor()])
        .fetch_all(&pool)
        .await
        .unwrap();
    pool.close().await;
    insta::assert_snapshot!("rights", lines.join("\n"));
}
