//! The functions in the schema: none finds a temporary table in the place of one of the schema's.

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, ConnectOptions as _};

use crate::support::{TestDatabase, parsed, role_names};

#[tokio::test]
async fn each_function_looks_for_temporary_tables_last() {
    let database = TestDatabase::create().await;
    let others = database
        .rows(
            "select oid::regprocedure::text as function, proconfig::text as settings from pg_proc
             where pronamespace = 'public'::regnamespace
                 and not coalesce('search_path=public, pg_temp' = any (proconfig), false)",
        )
        .await;
    assert_eq!(
        others,
        Vec::<Value>::new(),
        "a function of ours has `set search_path = …, pg_temp`: see migrations/20260106000100"
    );
    let all = database
        .rows("select count(*) from pg_proc where pronamespace = 'public'::regnamespace")
        .await;
    assert!(all[0]["count"].as_i64().unwrap() >= 14, "{all:?}");
}

/// A login that may create temporary tables tries to keep its records out of the transparency log.
#[tokio::test]
async fn a_temporary_table_takes_no_record() {
    let database = TestDatabase::create().await;
    database
        .run("do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$")
        .await;
    let login = parsed(&database.url_as(&role_names().server())).options();
    let mut session = login.connect().await.unwrap();
    let insert = "
        create temporary table audit_pending (at timestamptz, id bigint);
        grant all on audit_pending to public;
        insert into audit_log (at, outcome, status) values ('2026-03-01T00:00:00Z', 'REFUSED', 401)";
    sqlx::raw_sql(AssertSqlSafe(insert))
        .execute(&mut session)
        .await
        .unwrap();
    let kept = database.rows("select count(*) from public.audit_pending").await;
    assert_eq!(kept, [json!({ "count": 1 })]);
}
