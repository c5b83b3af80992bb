//! How the roles come about: once, again, by several at the same time, and not at all.

use freshness::SystemClock;
use hemera_api::database_roles::{self, RolesError};
use hemera_api::migrate::migrate;
use hemera_api::{DatabaseError, check_schema};
use serde_json::Value;

use super::{assert_refused, attempt, drop_roles, fresh, session};
use crate::support::{TestDatabase, administrate, fresh_name, parsed};

#[tokio::test]
async fn a_second_run_finds_everything_done() {
    let database = TestDatabase::create_empty().await;
    let (url, names) = (parsed(&database.url()), fresh());
    migrate(&url, &SystemClock).await.unwrap();

    let first = database_roles::grant(&url, &names).await.unwrap();
    assert_eq!(first.created, [names.server(), names.auditor(), names.owner()]);
    assert!(first.handed_over > 20, "{first:?}");
    let others = format!(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relowner <> '{}'::regrole",
        names.owner()
    );
    assert_eq!(database.rows(&others).await, Vec::<Value>::new());

    let second = database_roles::grant(&url, &names).await.unwrap();
    assert_eq!((second.created.len(), second.handed_over), (0, 0));
    database.remove().await;
    drop_roles(&names).await;
}

#[tokio::test]
async fn runs_at_the_same_time_in_several_databases_do_not_disturb_each_other() {
    let databases = [
        TestDatabase::create_empty().await,
        TestDatabase::create_empty().await,
    ];
    let names = fresh();
    for database in &databases {
        migrate(&parsed(&database.url()), &SystemClock).await.unwrap();
    }
    // Two in each database.
    let mut runs = tokio::task::JoinSet::new();
    for url in databases.iter().chain(&databases).map(TestDatabase::url) {
        let names = names.clone();
        runs.spawn(async move { database_roles::grant(&parsed(&url), &names).await });
    }
    for done in runs.join_all().await {
        done.unwrap();
    }
    for database in &databases {
        let mut server = session(database, &names.server()).await;
        assert_eq!(attempt(&mut server, "select id from users").await, None);
        let sql = "select email from users";
        assert_refused(sql, attempt(&mut server, sql).await);
    }
    for database in databases {
        database.remove().await;
    }
    drop_roles(&names).await;
}

#[tokio::test]
async fn a_role_that_is_more_than_privileges_is_refused_and_nothing_is_changed() {
    let database = TestDatabase::create_empty().await;
    let (url, names) = (parsed(&database.url()), fresh());
    migrate(&url, &SystemClock).await.unwrap();
    let auditor = names.auditor();
    administrate(&format!(
        "create role {auditor} login createdb in role pg_read_all_settings"
    ))
    .await;

    let error = database_roles::grant(&url, &names).await.unwrap_err();

    assert!(
        matches!(error, RolesError::MoreThanPrivileges { .. }),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        format!(
            "the role {auditor} may log in, may create databases, is a member of other roles, which its members would \
             inherit: drop it, or choose other names with --role-prefix"
        )
    );
    let made = format!(
        "select rolname from pg_roles where rolname = '{}'",
        names.server()
    );
    assert_eq!(database.rows(&made).await, Vec::<Value>::new());
    database.remove().await;
    drop_roles(&names).await;
}

#[tokio::test]
async fn an_owner_of_the_database_who_may_create_roles_needs_no_superuser() {
    let operator = fresh_name("operator");
    administrate(&format!("create role {operator} createrole")).await;
    let database = TestDatabase::create_empty().await;
    database
        .run(&format!(
            "do $$ begin execute format('alter database %I owner to {operator}', current_database()); end $$"
        ))
        .await;
    // Before PostgreSQL 15, the schema belongs to whoever made the cluster.
    database
        .run(&format!("alter schema public owner to {operator}"))
        .await;
    let (url, names) = (parsed(&database.url_as(&operator)), fresh());

    // And again: as a member of the owner, to whom all belongs now.
    for _ in 0..2 {
        migrate(&url, &SystemClock).await.unwrap();
        database_roles::grant(&url, &names).await.unwrap();
    }

    let mut server = session(&database, &names.server()).await;
    assert_eq!(attempt(&mut server, "select id from users").await, None);
    drop(server);
    database.remove().await;
    drop_roles(&names).await;
    administrate(&format!("drop role {operator}")).await;
}

#[tokio::test]
async fn a_login_without_the_servers_role_is_told_which_it_needs() {
    let stranger = fresh_name("stranger");
    administrate(&format!("create role {stranger}")).await;
    let database = TestDatabase::create().await;

    let error = check_schema(&parsed(&database.url_as(&stranger)))
        .await
        .unwrap_err();

    assert!(matches!(error, DatabaseError::NotPermitted { .. }), "{error:?}");
    assert!(error.to_string().contains("hemera_server"), "{error}");
    database.remove().await;
    administrate(&format!("drop role {stranger}")).await;
}
