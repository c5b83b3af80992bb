//! No right is granted that no statement needs.

use sqlx::{AssertSqlSafe, PgConnection};

use super::session;
use super::statements::{Statement, Whose, statements, try_out};
use crate::support::{TestDatabase, role_names};

/// The server's rights on single columns. Its right to read the audit log is on the table as a whole, and that on the
/// list of migrations serves its start.
const COLUMN_RIGHTS: &str = "
    select a.attrelid::regclass::text, a.attname::text, lower(e.privilege_type)
    from pg_attribute a
    cross join lateral aclexplode(a.attacl) e
    join pg_roles r on r.oid = e.grantee
    where r.rolname = current_user and a.attrelid <> '_sqlx_migrations'::regclass
    order by 1, 2, 3";

/// Columns that servers of the release before use: they go on while a new one is rolled out.
const OF_THE_RELEASE_BEFORE: [(&str, &str); 4] = [
    ("audit_log", "client_address"),
    ("audit_log", "user_agent"),
    ("curriculum_materials", "topic_id"),
    ("curriculum_materials", "sort_order"),
];

#[tokio::test]
async fn without_any_one_of_its_rights_some_statement_of_the_server_fails() {
    let database = TestDatabase::create().await;
    let server = role_names().server();
    let mut connection = session(&database, &server).await;
    let rights: Vec<(String, String, String)> = sqlx::query_as(COLUMN_RIGHTS)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert!(rights.len() > 50, "{rights:?}");
    let statements = statements(Whose::Server);
    let mut superfluous = Vec::new();
    for (table, column, right) in rights {
        if OF_THE_RELEASE_BEFORE.contains(&(&table, &column)) {
            continue;
        }
        let mut connection = session(&database, &role_names().owner()).await;
        run(&mut connection, "begin").await;
        run(
            &mut connection,
            &format!("revoke {right} ({column}) on {table} from {server}"),
        )
        .await;
        run(&mut connection, &format!("set local role {server}")).await;
        if !some_fails(&mut connection, &statements).await {
            superfluous.push(format!("{right} ({column}) on {table}"));
        }
    }
    assert_eq!(superfluous, Vec::<String>::new());
}

/// Its rights on whole tables, where they are the transparency log's.
#[tokio::test]
async fn without_its_rights_on_pending_records_some_statement_of_the_server_fails() {
    let database = TestDatabase::create().await;
    let server = role_names().server();
    let statements = statements(Whose::Server);
    for right in ["select", "delete"] {
        let mut connection = session(&database, &role_names().owner()).await;
        run(&mut connection, "begin").await;
        run(
            &mut connection,
            &format!("revoke {right} on audit_pending from {server}"),
        )
        .await;
        run(&mut connection, &format!("set local role {server}")).await;
        assert!(some_fails(&mut connection, &statements).await, "{right}");
    }
}

/// Tries each out until one is refused; the transaction is of no use then.
async fn some_fails(connection: &mut PgConnection, statements: &[Statement]) -> bool {
    for statement in statements {
        if statement.text.contains("audit_log_make_partitions") {
            continue;
        }
        if try_out(connection, statement).await.is_some() {
            return true;
        }
    }
    false
}

async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await
        .unwrap();
}

/// An auditor's rights are on whole tables.
#[tokio::test]
async fn without_any_one_of_its_rights_some_command_of_an_auditor_fails() {
    let database = TestDatabase::create().await;
    let auditor = role_names().auditor();
    let statements = statements(Whose::Auditor);
    let mut superfluous = Vec::new();
    for table in [
        "audit_log",
        "audit_details",
        "audit_pending",
        "audit_epochs",
        "audit_batches",
        "audit_sequencer",
        "audit_tiles",
        "audit_checkpoints",
    ] {
        let mut connection = session(&database, &role_names().owner()).await;
        run(&mut connection, "begin").await;
        run(
            &mut connection,
            &format!("revoke select on {table} from {auditor}"),
        )
        .await;
        run(&mut connection, &format!("set local role {auditor}")).await;
        if !some_fails(&mut connection, &statements).await {
            superfluous.push(table);
        }
    }
    assert_eq!(superfluous, Vec::<&str>::new());
}
