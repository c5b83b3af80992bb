//! `migrate --dry-run`: it says what a run would do, and changes nothing.

use serde_json::{Value, json};

use super::super::one_error;
use super::{OF_AN_OLD_RELEASE, migrate, run};
use crate::support::{TestDatabase, fresh_name, known_versions, role_names};

/// All that `migrate` could change, as text.
const CATALOGUE: [&str; 7] = [
    "select c.oid, relname, relkind, relowner, relacl::text, relhastriggers, reloptions::text from pg_class c
        where relnamespace = 'public'::regnamespace",
    "select attrelid, attname, atttypid, attnotnull, attacl::text from pg_attribute join pg_class c on c.oid = attrelid
        where relnamespace = 'public'::regnamespace",
    "select p.oid, proname, proowner, proacl::text, proconfig::text, md5(prosrc) as source from pg_proc p
        where pronamespace = 'public'::regnamespace",
    "select t.oid, tgname, tgenabled::text, pg_get_triggerdef(t.oid) as definition from pg_trigger t",
    "select nspname, nspowner, nspacl::text, datacl::text from pg_namespace, pg_database
        where datname = current_database() and nspname !~ '^pg_t'",
    "select sequencename, last_value from pg_sequences where schemaname = 'public'",
    "select r.oid, rolname, (select count(*) from pg_auth_members m where m.roleid = r.oid) as members
        from pg_roles r where rolname ~ '^ROLES'",
];

/// The schema, the rights, the roles whose names begin so, and every row.
async fn dump(database: &TestDatabase, roles: &str) -> String {
    let mut text = String::new();
    for query in CATALOGUE {
        let query = format!("{} order by 1, 2", query.replace("ROLES", roles));
        text += &Value::from(database.rows(&query).await).to_string();
    }
    let tables = "select relname as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1";
    for table in database.rows(tables).await {
        let name = table["name"].as_str().unwrap();
        let rows = format!("select count(*), md5(string_agg(x::text, ',' order by x::text)) from {name} x");
        text = format!("{text}\n{name} {}", Value::from(database.rows(&rows).await));
    }
    text
}

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_older_schema_is_left_as_it_is() {
    let database = TestDatabase::create_migrated_to(OF_AN_OLD_RELEASE).await;
    let prefix = fresh_name("dry");
    let before = dump(&database, &prefix).await;
    let arguments = ["--dry-run", "--roles", "--role-prefix", &prefix];

    let (code, out, err) = migrate(&database, &[&arguments[..], &["--json"]].concat()).await;

    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert_eq!(dump(&database, &prefix).await, before);
    let plan: Value = serde_json::from_str(&out).unwrap();
    let pending: Vec<i64> = plan["pending"]
        .as_array()
        .unwrap()
        .iter()
        .map(|migration| migration["version"].as_i64().unwrap())
        .collect();
    assert_eq!(pending, known_versions().await[7..]);
    // Those of the records are there.
    let partitions = texts(&plan["partitions"]);
    assert_eq!(partitions.len(), 13, "{partitions:?}");
    assert!(partitions.iter().all(|name| name.starts_with("audit_details_20")));
    let roles = &plan["roles"];
    assert_eq!(roles["created"].as_array().unwrap().len(), 3);
    let granted = format!("{prefix}_server: select (id, image_url, name) on table users");
    assert!(texts(&roles["granted"]).contains(&granted.as_str()), "{roles}");
    let later = texts(&roles["afterTheMigrations"]).join("\n");
    assert!(
        later.contains("on curriculum_topic_materials to") && !later.contains("on users to"),
        "{later}"
    );

    let (code, out, _) = migrate(&database, &arguments).await;
    assert_eq!(code, 0);
    assert!(
        out.contains("\n  20260105000200 audit item\n") && out.ends_with("\nnothing was changed\n"),
        "{out}"
    );
    assert_eq!(dump(&database, &prefix).await, before);
}

#[tokio::test]
async fn rights_that_a_run_would_grant_and_take_back_are_named_and_then_it_does() {
    let (database, names) = (TestDatabase::create().await, role_names());
    let (server, prefix) = (names.server(), names.to_string());
    let apply = ["--roles", "--role-prefix", &prefix];
    // What holds for the database as a whole is not copied to a test's.
    assert_eq!(migrate(&database, &apply).await.0, 0);
    database
        .run(&format!(
            "grant delete on users to {server}; revoke select (title, level) on courses from {server}"
        ))
        .await;
    let before = dump(&database, &prefix).await;
    let look = [&["--dry-run", "--json"][..], &apply].concat();

    let (code, out, _) = migrate(&database, &look).await;

    let plan: Value = serde_json::from_str(&out).unwrap();
    let mut expected = json!({
        "pending": [],
        "partitions": [],
        "roles": {
            "created": [],
            "granted": [format!("{server}: select (level, title) on table courses")],
            "takenBack": [format!("{server}: delete on table users")],
            "afterTheMigrations": [],
            "handedOver": [],
            "remaining": [],
        },
    });
    expected["database"] = plan["database"].clone();
    assert_eq!((code, plan), (0, expected.clone()));
    assert_eq!(dump(&database, &prefix).await, before);

    assert_eq!(migrate(&database, &apply).await.0, 0);
    let (_, out, _) = migrate(&database, &look).await;
    expected["roles"]["granted"] = json!([]);
    expected["roles"]["takenBack"] = json!([]);
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), expected);
}

#[tokio::test]
async fn what_a_run_would_be_refused_is_refused() {
    let database = TestDatabase::create().await;
    database
        .run("delete from _sqlx_migrations where version = 20260106000100")
        .await;
    let arguments = ["migrate", "--dry-run"];
    let (code, _, err) = run(&arguments, &[("DATABASE_URL", &database.server_url())]).await;
    assert_eq!(code, 1);
    assert!(
        one_error("migrate", &err).contains("set HEMERA_DATABASE__ADMIN_URL to a login"),
        "{err}"
    );

    database
        .run("update _sqlx_migrations set checksum = '' where version = 20260101000300")
        .await;
    let (code, _, err) = migrate(&database, &["--dry-run"]).await;
    assert_eq!(code, 1);
    assert!(
        one_error("migrate", &err).contains("20260101000300 was previously applied but has been modified"),
        "{err}"
    );
}
