//! Not all updates are reached: a row is locked, the time is up, the database is gone, the caller hangs up.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use serde_json::json;
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};

use super::{PATH, noted, noting, participations, put, verdicts};
use crate::academy::academy_with;
use crate::support::TestApp;

/// PostgreSQL gives up a lock after 2 s, and a request begins no update after 3.6 s.
const SETTINGS: [(&str, &str); 1] = [("HEMERA_HTTP__HANDLER_TIMEOUT", "6s")];

async fn many() -> TestApp {
    let app = academy_with(&SETTINGS).await;
    app.database.run(&participations(9)).await;
    app
}

/// Holds the rows of these participations.
async fn locked<'p>(pool: &'p PgPool, ids: &str) -> Transaction<'p, Postgres> {
    let mut other = pool.begin().await.unwrap();
    let lock = format!("select from course_participations where id in ({ids}) for update");
    sqlx::query(AssertSqlSafe(lock))
        .execute(&mut *other)
        .await
        .unwrap();
    other
}

/// A row that is locked costs its own update, and the others are written.
#[tokio::test]
async fn a_locked_row_keeps_no_other_update_from_being_written() {
    let app = many().await;
    let pool = app.database.pool().await;
    let other = locked(&pool, "'part_2'").await;
    let answer = put(&app, &noting(1..=4, "neu")).await;
    assert_eq!(
        verdicts(&answer),
        ["UPDATED", "NOT_REACHED", "UPDATED", "UPDATED"]
    );
    let of_locked = &answer.data()["results"][1];
    assert_eq!(
        (&of_locked["etag"], &of_locked["auditRecord"]),
        (&json!(null), &json!(null))
    );

    other.rollback().await.unwrap();
    assert_eq!(
        noted(&app.database, "neu").await,
        3,
        "nothing is written afterwards"
    );
    let again = put(&app, &noting(1..=4, "neu")).await;
    assert_eq!(
        verdicts(&again),
        ["UNCHANGED", "UPDATED", "UNCHANGED", "UNCHANGED"]
    );
    pool.close().await;

    let database = app.finish().await;
    let first = database
        .rows("select item, items, outcome from audit_log order by id limit 4")
        .await;
    let request = first.iter().find(|record| record["item"].is_null());
    assert_eq!(request.unwrap()["items"], 3, "the updates that were reached");
    let of_items: Vec<_> = first
        .iter()
        .filter_map(|record| record["item"].as_i64())
        .collect();
    assert_eq!(of_items, [1, 3, 4]);
}

/// Two locked rows use up the time. What was not begun by then is not written, also not when the locks are gone.
#[tokio::test]
async fn updates_that_are_not_reached_in_time_say_so_before_the_caller_gives_up() {
    let app = many().await;
    let pool = app.database.pool().await;
    let other = locked(&pool, "'part_2', 'part_3'").await;
    let begin = SystemClock.now();
    let answer = put(&app, &noting(1..=5, "neu")).await;
    let took = SystemClock.now().since(begin);
    assert_eq!(
        verdicts(&answer),
        [
            "UPDATED",
            "NOT_REACHED",
            "NOT_REACHED",
            "NOT_REACHED",
            "NOT_REACHED"
        ]
    );
    assert!(took < Duration::from_secs(6), "{took:?}: the handler's time-out");
    other.rollback().await.unwrap();
    pool.close().await;
    let database = app.finish().await;
    assert_eq!(noted(&database, "neu").await, 1);
}

/// As for the write of a single result.
#[tokio::test]
async fn a_request_of_which_no_update_is_decided_fails() {
    let app = many().await;
    let pool = app.database.pool().await;
    let other = locked(&pool, "'part_1'").await;
    let answer = put(&app, &noting([1], "neu")).await;
    answer.assert_error(503, "SERVICE_UNAVAILABLE");
    let record = answer.header("x-audit-record").to_owned();
    other.rollback().await.unwrap();
    pool.close().await;
    let database = app.finish().await;
    assert_eq!(noted(&database, "neu").await, 0);
    let records = database
        .rows("select record_id, item, outcome, reason from audit_log")
        .await;
    let expected = json!({
        "record_id": record, "item": null, "outcome": "FAILED", "reason": "database_lock_timed_out",
    });
    assert_eq!(records, [expected]);
}

/// The update whose statement was sent is finished, and no other is begun.
#[tokio::test]
async fn a_caller_that_hangs_up_leaves_the_rest_unwritten() {
    let app = many().await;
    let pool = app.database.pool().await;
    let other = locked(&pool, "'part_2'").await;
    let sender = app.service_key();
    let caller = tokio::spawn(async move { sender.put(PATH, &noting(1..=5, "neu")).await });
    app.database.until_waiting(1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    other.rollback().await.unwrap();
    pool.close().await;

    let database = app.finish().await;
    let written = database
        .rows("select id from course_participations where result_notes = 'neu' order by id")
        .await;
    assert_eq!(written, [json!({ "id": "part_1" }), json!({ "id": "part_2" })]);
    let records = database
        .rows("select item, items from audit_log order by item nulls first")
        .await;
    assert_eq!(
        records,
        [
            json!({ "item": null, "items": 2 }),
            json!({ "item": 1, "items": 1 }),
            json!({ "item": 2, "items": 1 }),
        ]
    );
}

/// No connection is to be had for the third update and the ones after it.
#[tokio::test]
async fn a_database_that_goes_away_leaves_the_rest_unwritten() {
    let beside = many().await.need_not_finish();
    let (app, sender) = beside.beside(&SETTINGS).await;
    let sender = sender.with("x-api-key", TestApp::SERVICE_KEY);
    let pool = beside.database.pool().await;
    let other = locked(&pool, "'part_2'").await;
    let caller = tokio::spawn(async move { sender.put(PATH, &noting(1..=4, "neu")).await });
    beside.database.until_waiting(1).await;
    app.database().close();
    other.rollback().await.unwrap();
    let answer = caller.await.unwrap();
    assert_eq!(
        verdicts(&answer),
        ["UPDATED", "UPDATED", "NOT_REACHED", "NOT_REACHED"]
    );
    assert_eq!(noted(&beside.database, "neu").await, 2);
    pool.close().await;
}

/// A fault of ours in the middle is no verdict on anything: the request fails, and what was written has its record.
#[tokio::test]
async fn a_fault_in_the_middle_fails_the_request_and_keeps_the_records_of_what_was_written() {
    let app = many().await;
    app.database
        .run("alter table course_participations add constraint stay check (id <> 'part_2' or result_notes is null)")
        .await;
    let answer = put(&app, &noting(1..=3, "neu")).await;
    answer.assert_error(500, "INTERNAL_ERROR");
    let database = app.finish().await;
    assert_eq!(noted(&database, "neu").await, 1);
    let records = database
        .rows("select item, resource_id, outcome from audit_log order by item nulls first")
        .await;
    assert_eq!(
        records,
        [
            json!({ "item": null, "resource_id": null, "outcome": "FAILED" }),
            json!({ "item": 1, "resource_id": "part_1", "outcome": "SUCCEEDED" }),
        ]
    );
}
