//! What the roles may not do, tried.

use hemera_api::database_roles::grant;

use super::{assert_refused, attempt, granted, session};
use crate::support::{parsed, role_names};

/// What somebody who has taken the server over would try.
const BEYOND_THE_SERVER: [&str; 42] = [
    // Reading what no operation shows.
    "select email from users",
    "select * from users",
    "select count(email) from users",
    "select u from users u",
    "select id from users where email like 'a%'",
    "select id from users order by email",
    "copy (select email from users) to stdout",
    "select payment_status from bookings",
    "select * from bookings",
    // Writing what no operation writes.
    "update users set name = 'x'",
    "insert into users (id, email) values ('x', 'x')",
    "delete from users",
    "update courses set title = 'x'",
    "insert into courses (id, title, slug, level) values ('x', 'x', 'x', 'BEGINNER')",
    "delete from courses",
    "update bookings set payment_status = 'PAID'",
    "delete from bookings",
    "update course_participations set user_id = 'x'",
    "update course_participations set preparation_intent = 'x'",
    "update course_participations set version = 7",
    "update course_participations set updated_at = now()",
    "insert into course_participations (id, booking_id, course_id, user_id) values ('x', 'x', 'x', 'x')",
    "delete from course_participations",
    "truncate course_participations",
    "update curriculum_materials set html_content = 'x'",
    "delete from curriculum_topics",
    "insert into curriculum_topic_materials (topic_id, material_id) values ('x', 'x')",
    // Covering one's tracks.
    "update audit_log set subject = 'x'",
    "delete from audit_log",
    "truncate audit_log",
    "insert into audit_log (at, outcome, status, recorded_at) values (now(), 'SUCCEEDED', 200, now())",
    "insert into audit_log (at, outcome, status, id) overriding system value values (now(), 'SUCCEEDED', 200, 1)",
    "insert into audit_log_default (at, outcome, status) values (now(), 'SUCCEEDED', 200)",
    "delete from audit_log_default",
    "alter table audit_log disable trigger all",
    "alter table audit_log detach partition audit_log_default",
    "drop table audit_log",
    "select audit_log_make_partitions(now(), 1)",
    // Making oneself at home.
    "create table mine (id int)",
    "create temporary table mine (id int)",
    "create schema mine",
    "update _sqlx_migrations set checksum = ''",
];

/// What an auditor has no business with.
const BEYOND_AN_AUDITOR: [&str; 15] = [
    "select id from users",
    "select id from courses",
    "select result_notes from course_participations",
    "select version from _sqlx_migrations",
    "insert into audit_log (at, outcome, status) values (now(), 'SUCCEEDED', 200)",
    "update audit_log set subject = 'x'",
    "delete from audit_log",
    "delete from audit_details",
    "delete from audit_pending",
    "update audit_sequencer set size = 0",
    "insert into audit_epochs (epoch, origin, verifier_key, opening) values (7, '', '', '')",
    "drop table audit_log_default",
    "select value_hash from audit_origins",
    "create temporary table mine (id int)",
    "select audit_log_make_partitions(now(), 1)",
];

#[tokio::test]
async fn the_server_is_refused_everything_else() {
    let database = granted().await;
    let mut server = session(&database, &role_names().server()).await;
    for sql in BEYOND_THE_SERVER {
        assert_refused(sql, attempt(&mut server, sql).await);
    }
}

#[tokio::test]
async fn an_auditor_reads_the_audit_trail_and_is_refused_everything_else() {
    let database = granted().await;
    let mut auditor = session(&database, &role_names().auditor()).await;
    for table in [
        "audit_log",
        "audit_details",
        "audit_pending",
        "audit_batches",
        "audit_checkpoints",
    ] {
        let sql = format!("select * from {table}");
        assert_eq!(attempt(&mut auditor, &sql).await, None, "{table}");
    }
    for sql in BEYOND_AN_AUDITOR {
        assert_refused(sql, attempt(&mut auditor, sql).await);
    }
}

#[tokio::test]
async fn a_partition_made_later_takes_records_through_the_audit_log_only() {
    let database = granted().await;
    database
        .run("select audit_log_make_partitions('2031-05-01T00:00:00Z', 0)")
        .await;
    let mut server = session(&database, &role_names().server()).await;
    let record = "(at, outcome, status) values ('2031-05-04T00:00:00Z', 'SUCCEEDED', 200)";
    assert_eq!(
        attempt(&mut server, &format!("insert into audit_log {record}")).await,
        None
    );
    let found = database
        .rows("select tableoid::regclass::text as place from audit_log where at > '2031-01-01'")
        .await;
    assert_eq!(found, [serde_json::json!({ "place": "audit_log_2031_05" })]);

    for sql in [
        &format!("insert into audit_log_2031_05 {record}"),
        "select at from audit_log_2031_05",
        "delete from audit_log_2031_05",
        "truncate audit_log_2031_05",
        "drop table audit_log_2031_05",
    ] {
        assert_refused(sql, attempt(&mut server, sql).await);
        let mut auditor = session(&database, &role_names().auditor()).await;
        assert_refused(sql, attempt(&mut auditor, sql).await);
    }
}

#[tokio::test]
async fn the_owner_changes_no_record_either() {
    let database = granted().await;
    let mut owner = session(&database, &role_names().owner()).await;
    let record = "insert into audit_log (at, outcome, status) values (now(), 'SUCCEEDED', 200)";
    assert_eq!(attempt(&mut owner, record).await, None);
    for sql in [
        "update audit_log set subject = 'x'",
        "delete from audit_log",
        "truncate audit_log",
    ] {
        let (_, message) = attempt(&mut owner, sql).await.unwrap();
        assert!(message.contains("append-only"), "{message}: {sql}");
    }
}

#[tokio::test]
async fn the_owner_ends_the_retention_of_a_month_and_auditors_lose_sight_of_it() {
    let database = granted().await;
    database
        .run("select audit_log_make_partitions('2031-05-01T00:00:00Z', 0)")
        .await;
    let mut owner = session(&database, &role_names().owner()).await;
    let mut auditor = session(&database, &role_names().auditor()).await;

    // Made by another login; its owner is told at the next run.
    let detach = "alter table audit_log detach partition audit_log_2031_05";
    grant(&parsed(&database.url()), &role_names()).await.unwrap();
    assert_eq!(attempt(&mut owner, detach).await, None);
    let sql = "select at from audit_log_2031_05";
    assert_refused(sql, attempt(&mut auditor, sql).await);
    assert_eq!(attempt(&mut owner, "drop table audit_log_2031_05").await, None);
}
