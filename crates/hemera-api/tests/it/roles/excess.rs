//! Rights that were granted by hand: they are taken back, or named with the statement that takes them back.

use freshness::SystemClock;
use hemera_api::database_roles::{RoleNames, RolesError, grant};
use hemera_api::migrate::migrate;
use serde_json::Value;

use super::{assert_refused, attempt, drop_roles, fresh, session};
use crate::support::{TestDatabase, administrate, fresh_name, parsed};

/// A migrated database with roles of its own.
async fn granted() -> (TestDatabase, RoleNames) {
    let (database, names) = (TestDatabase::create_empty().await, fresh());
    let url = parsed(&database.url());
    migrate(&url, &SystemClock).await.unwrap();
    grant(&url, &names).await.unwrap();
    (database, names)
}

async fn name_of(database: &TestDatabase) -> String {
    let rows = database.rows("select current_database() as name").await;
    rows[0]["name"].as_str().unwrap().to_owned()
}

/// The error of a run that leaves rights behind, as text.
async fn remaining(database: &TestDatabase, role: &str, names: &RoleNames) -> String {
    let error = grant(&parsed(&database.url_as(role)), names).await.unwrap_err();
    assert!(matches!(error, RolesError::ExcessRights { .. }), "{error}");
    error.to_string()
}

/// Runs the statements of the error, as a superuser.
async fn run_remedy(database: &TestDatabase, error: &str) {
    let (_, statements) = error.split_once("again:\n").unwrap();
    database.run(statements).await;
}

#[tokio::test]
async fn rights_granted_by_hand_are_taken_back() {
    let (database, names) = granted().await;
    let (server, name) = (names.server(), name_of(&database).await);
    database
        .run(&format!(
            "grant select on users to {server}; grant update (title) on courses to {server};
             grant create on schema public to {server};
             grant temporary, create on database {name} to {server}, {auditor};
             create sequence numbers; grant usage on sequence numbers to {server};
             create function keep() returns integer language sql as 'select 1'; grant execute on function keep() to {server};
             grant execute on function audit_log_make_partitions to {server};
             create schema other; create table other.notes (id int); grant usage on schema other to {server};
             grant select on other.notes to {server};
             grant select (email) on users to public; grant delete on audit_log to public;
             create function as_owner() returns integer language sql security definer as 'select 1'",
            auditor = names.auditor(),
        ))
        .await;
    let mut connection = session(&database, &server).await;
    let before = attempt(&mut connection, "create temporary table mine ()").await;
    assert_eq!(before, None);

    grant(&parsed(&database.url()), &names).await.unwrap();

    let mut connection = session(&database, &server).await;
    for sql in [
        "select email from users",
        "update courses set title = 'x'",
        "delete from audit_log",
        "create table mine ()",
        "create temporary table mine ()",
        "create schema mine",
        "select nextval('numbers')",
        "select audit_log_make_partitions(now(), 1)",
        "select id from other.notes",
        "select as_owner()",
    ] {
        assert_refused(sql, attempt(&mut connection, sql).await);
    }
    assert_eq!(attempt(&mut connection, "select id from users").await, None);
    let direct = format!(
        "select p.proname from pg_proc p cross join lateral aclexplode(p.proacl) a where a.grantee = '{server}'::regrole"
    );
    assert_eq!(database.rows(&direct).await, Vec::<Value>::new());
    drop(connection);
    database.remove().await;
    drop_roles(&names).await;
}

#[tokio::test]
async fn the_login_that_migrates_takes_back_rights_in_its_schema() {
    let (database, names) = granted().await;
    let (server, owner) = (names.server(), names.owner());
    database
        .run(&format!(
            "grant create on schema public to {server}; grant select on users to {server}, public"
        ))
        .await;

    grant(&parsed(&database.url_as(&owner)), &names).await.unwrap();

    let mut connection = session(&database, &server).await;
    for sql in ["create table mine ()", "select email from users"] {
        assert_refused(sql, attempt(&mut connection, sql).await);
    }
    drop(connection);
    database.remove().await;
    drop_roles(&names).await;
}

#[tokio::test]
async fn a_right_that_the_login_cannot_revoke_is_named_with_its_statement() {
    let (database, names) = granted().await;
    let (server, owner, name) = (names.server(), names.owner(), name_of(&database).await);
    database
        .run(&format!("grant temporary on database {name} to {server}"))
        .await;

    let error = remaining(&database, &owner, &names).await;

    let lines: Vec<&str> = error.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            &format!("  {server}: temporary on database {name}"),
            "let a superuser run this, then run `hemera-api migrate --roles` again:",
            &format!("  revoke temporary on database {name} from {server};"),
        ]
    );
    run_remedy(&database, &error).await;
    grant(&parsed(&database.url_as(&owner)), &names).await.unwrap();
    database.remove().await;
    drop_roles(&names).await;
}

/// As in PostgreSQL 13 and 14, where every role may create tables in `public`, and the database's owner cannot change that.
#[tokio::test]
async fn a_schema_in_which_every_role_may_create_tables_is_found() {
    let operator = fresh_name("operator");
    administrate(&format!("create role {operator} createrole")).await;
    let (database, names) = (TestDatabase::create_empty().await, fresh());
    let name = name_of(&database).await;
    database
        .run(&format!(
            "alter database {name} owner to {operator}; alter schema public owner to current_user;
             grant create on schema public to public"
        ))
        .await;
    migrate(&parsed(&database.url_as(&operator)), &SystemClock)
        .await
        .unwrap();

    let error = remaining(&database, &operator, &names).await;

    assert!(error.contains("\n  public: create on schema public\n"), "{error}");
    run_remedy(&database, &error).await;
    grant(&parsed(&database.url_as(&operator)), &names).await.unwrap();
    let mut connection = session(&database, &names.server()).await;
    let sql = "create table mine ()";
    assert_refused(sql, attempt(&mut connection, sql).await);
    // The next release can still add a table.
    let mut owner = session(&database, &names.owner()).await;
    assert_eq!(attempt(&mut owner, sql).await, None);
    drop((connection, owner));
    database.remove().await;
    drop_roles(&names).await;
    administrate(&format!("drop role {operator}")).await;
}

#[tokio::test]
async fn rights_from_another_grantor_and_owned_objects_are_found() {
    let grantor = fresh_name("grantor");
    administrate(&format!("create role {grantor}")).await;
    let (database, names) = granted().await;
    let server = names.server();
    database
        .run(&format!(
            "grant select on users to {grantor} with grant option; set role {grantor};
             grant select on users to {server}; reset role;
             create table theirs (id int); alter table theirs owner to {server}"
        ))
        .await;

    let error = remaining(&database, &names.owner(), &names).await;

    for line in [
        format!("  {server}: select on table users"),
        format!("  {server}: owns objects"),
        format!("  set role {grantor}; revoke select on table users from {server}; reset role;"),
        format!("  reassign owned by {server} to {};", names.owner()),
    ] {
        assert!(
            error.lines().any(|found| found == line),
            "{line} is not in {error}"
        );
    }
    run_remedy(&database, &error).await;
    grant(&parsed(&database.url_as(&names.owner())), &names)
        .await
        .unwrap();
    database.remove().await;
    drop_roles(&names).await;
    administrate(&format!("drop role {grantor}")).await;
}
