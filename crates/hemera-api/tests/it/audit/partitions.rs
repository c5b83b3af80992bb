//! The partitions of the audit log.

use std::time::{Duration, SystemTime};

use freshness::Clock as _;
use hemera_api::make_partitions;
use serde_json::{Value, json};

use crate::academy::academy;
use crate::support::TestDatabase;

/// Mid-July, long after any clock that these tests run by.
const JULY_2031: Duration = Duration::from_mins(32_350_000);

const PARTITIONS: &str = "select inhrelid::regclass::text as name from pg_inherits
    where inhparent = 'audit_log'::regclass order by 1";

/// A database that has the partitions from July 2031 on, besides those of the months in which it was made.
pub(super) async fn database_of_july() -> TestDatabase {
    let database = TestDatabase::create().await;
    make_months(&database, SystemTime::UNIX_EPOCH + JULY_2031).await;
    database
}

async fn make_months(database: &TestDatabase, now: SystemTime) -> u32 {
    let pool = database.pool().await;
    let mut connection = pool.acquire().await.unwrap();
    let made = make_partitions(&mut connection, now).await.unwrap();
    drop(connection);
    pool.close().await;
    made
}

#[tokio::test]
async fn a_record_is_in_the_partition_of_its_month() {
    let app = academy().await;
    make_months(&app.database, app.clock.now().wall).await;
    app.service_key().get("/api/service/courses").await;

    let database = app.finish().await;
    let places = database
        .rows("select tableoid::regclass::text as place from audit_log")
        .await;
    assert_eq!(places, [json!({ "place": "audit_log_2026_03" })]);
}

#[tokio::test]
async fn this_month_and_the_twelve_to_come_have_one_and_anything_else_has_the_default() {
    let database = database_of_july().await;
    let names = Value::from(database.rows(PARTITIONS).await).to_string();
    for month in ["2031_07", "2031_12", "2032_07", "default"] {
        assert!(
            names.contains(&format!("audit_log_{month}")),
            "{month} in {names}"
        );
    }
    database
        .run(
            "insert into audit_log (at, outcome, status) values
                ('2031-06-30T23:59:59.999Z', 'REFUSED', 401), ('2031-07-01T00:00:00Z', 'REFUSED', 401),
                ('9999-01-01T00:00:00Z', 'REFUSED', 401)",
        )
        .await;
    let places = database
        .rows("select tableoid::regclass::text as place from audit_log order by at")
        .await;
    assert_eq!(
        Value::from(places),
        json!([
            { "place": "audit_log_default" },
            { "place": "audit_log_2031_07" },
            { "place": "audit_log_default" },
        ])
    );
}

#[tokio::test]
async fn what_the_default_caught_moves_unchanged_when_its_month_is_made() {
    let database = TestDatabase::create().await;
    database
        .run(
            "insert into audit_log (at, request_id, outcome, status) values
                ('2031-07-05T00:00:00Z', 'a', 'REFUSED', 401), ('2031-07-06T00:00:00Z', 'b', 'REFUSED', 401),
                ('2001-01-01T00:00:00Z', 'c', 'REFUSED', 401)",
        )
        .await;
    let all = "select id, at, recorded_at, request_id from audit_log order by id";
    let before = database.rows(all).await;

    let now = SystemTime::UNIX_EPOCH + JULY_2031;
    assert_eq!(make_months(&database, now).await, 13);
    assert_eq!(make_months(&database, now).await, 0, "once is enough");

    assert_eq!(database.rows(all).await, before);
    let places = database
        .rows("select tableoid::regclass::text as place, count(*) from audit_log group by 1 order by 1")
        .await;
    assert_eq!(
        Value::from(places),
        json!([
            { "place": "audit_log_2031_07", "count": 2 },
            { "place": "audit_log_default", "count": 1 },
        ])
    );
    // The new default is as strict as the old one.
    let refusal = database.refusal("truncate audit_log_default").await;
    assert!(refusal.contains("append-only"), "{refusal}");
}
