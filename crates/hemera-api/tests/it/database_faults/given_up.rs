//! Writes whose callers are gone, or whose database gives no answer.

use serde_json::json;

use super::{Proxied, READ, WRITE, warm};
use crate::academy::academy_with;
use crate::support::TestApp;

/// Callers that send "old" and hang up, each round.
const HANG_UP: usize = 5;

/// Another session holds the row's lock; callers send "old" and hang up; "new" is sent, the lock goes, and "new" is answered.
/// It is what the row holds from then on.
#[tokio::test]
async fn an_answered_write_is_not_overtaken_by_one_that_was_given_up_before() {
    let app = academy_with(&[]).await;
    let sender = app
        .anonymous()
        .with("x-api-key", TestApp::SERVICE_KEY)
        .with("content-type", "application/json");
    let pool = app.database.pool().await;
    for round in 0..20 {
        let mut other = pool.begin().await.unwrap();
        sqlx::query("select from course_participations where id = 'part_anna' for update")
            .execute(&mut *other)
            .await
            .unwrap();
        let old = format!(r#"{{"resultNotes":"old {round}"}}"#);
        let new = format!(r#"{{"resultNotes":"new {round}"}}"#);
        let hanging_up: Vec<_> = (0..HANG_UP)
            .map(|_| {
                let (sender, old) = (sender.clone(), old.clone());
                tokio::spawn(async move { sender.put_raw(WRITE, old).await })
            })
            .collect();
        app.database.until_waiting(1).await;
        for caller in hanging_up {
            caller.abort();
            assert!(caller.await.unwrap_err().is_cancelled());
        }
        let newest = sender.clone();
        let newest = tokio::spawn(async move { newest.put_raw(WRITE, new).await });
        tokio::task::yield_now().await;
        other.rollback().await.unwrap();
        newest.await.unwrap().assert_status(200);
        let read = sender.get(READ).await;
        assert_eq!(read.data()["resultNotes"], format!("new {round}"));
    }
    pool.close().await;

    let database = app.finish().await;
    let records = database
        .rows("select request_id from audit_log where operation = 'participations.update_result'")
        .await;
    let requests = database
        .rows("select distinct request_id from audit_log where operation = 'participations.update_result'")
        .await;
    assert_eq!(records.len(), 20 * (HANG_UP + 1), "each request has a record");
    assert_eq!(records.len(), requests.len(), "and no more than one");
    let given_up = database
        .rows("select id from audit_log where reason = 'caller_gone' and outcome = 'FAILED'")
        .await;
    assert_eq!(
        given_up.len(),
        20 * (HANG_UP - 1),
        "all but the one that had begun"
    );
}

/// The database takes a write and gives no answer: the caller gets 503, and the one record says that the outcome is not
/// known.
#[tokio::test]
async fn a_write_without_an_answer_of_the_database_is_recorded_as_unknown() {
    let server = Proxied::start(&[
        ("HEMERA_HTTP__HANDLER_TIMEOUT", "2s"),
        ("HEMERA_DATABASE__MAX_CONNECTIONS", "2"),
    ])
    .await;
    warm(&server.beside, &server.sender, 2).await;
    server.proxy.silence();
    let answer = server
        .sender
        .with("content-type", "application/json")
        .put_raw(WRITE, r#"{"resultNotes":"lost on the way"}"#)
        .await;
    answer.assert_error(503, "SERVICE_UNAVAILABLE");
    let record = answer.header("x-audit-record").to_owned();
    assert_eq!(server.app.finish().await, 0);

    let rows = server
        .beside
        .database
        .rows(&format!(
            "select outcome, status, reason from audit_log where record_id = '{record}'"
        ))
        .await;
    let expected = json!({ "outcome": "UNKNOWN", "status": 503, "reason": "database_statement_timed_out" });
    assert_eq!(rows, [expected]);
    server.beside.finish().await;
}

/// Where the record of a write with an unknown outcome is first, the write itself cannot commit any more.
#[tokio::test]
async fn a_write_whose_record_is_there_already_writes_nothing() {
    let app = academy_with(&[]).await;
    let sender = app.anonymous().with("x-api-key", TestApp::SERVICE_KEY);
    // Whatever the server writes next finds a record of its id: as if its own had been written first.
    app.database
        .run(
            "create function twice() returns trigger language plpgsql as $$ begin
                 if new.operation = 'participations.update_result' and pg_trigger_depth() = 1 then
                     insert into audit_log (at, record_id, outcome, status) values (new.at, new.record_id, 'UNKNOWN', 503);
                 end if;
                 return new;
             end $$;
             create trigger twice before insert on audit_log for each row execute function twice();",
        )
        .await;
    let before = sender.get(READ).await;
    let answer = sender
        .with("content-type", "application/json")
        .put_raw(WRITE, r#"{"resultNotes":"must not be there"}"#)
        .await;
    answer.assert_status(500);
    assert_eq!(sender.get(READ).await.data(), before.data());
    app.finish().await;
}
