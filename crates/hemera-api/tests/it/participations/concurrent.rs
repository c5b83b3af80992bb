//! Results that several write at the same time.

use futures_util::future::join_all;
use sqlx::Connection as _;

use crate::academy::academy;

const PATH: &str = "/api/service/participations/part_anna/result";

/// A change that commits while the request waits for the row counts, although the statement began before it.
#[tokio::test]
async fn a_request_decides_on_the_row_as_the_one_before_it_left_it() {
    let app = academy().await;
    let pool = app.database.pool().await;
    let mut other = pool.acquire().await.unwrap();
    let mut transaction = other.begin().await.unwrap();
    sqlx::query("update course_participations set result_outcome = 'Vom anderen' where id = 'part_anna'")
        .execute(&mut *transaction)
        .await
        .unwrap();

    let service = app.service_key().with("if-match", "\"1\"");
    let stale = tokio::spawn(async move { service.write(PATH, r#"{"resultNotes":"A"}"#).await });
    app.database.until_waiting(1).await;
    transaction.commit().await.unwrap();
    let stale = stale.await.unwrap();
    // Version 2 by now.
    stale.assert_error(412, "PRECONDITION_FAILED");

    // And without a condition, nothing of the other's is lost or taken for this one's.
    let mut transaction = other.begin().await.unwrap();
    sqlx::query("update course_participations set result_outcome = 'Noch einmal' where id = 'part_anna'")
        .execute(&mut *transaction)
        .await
        .unwrap();
    let service = app.service_key();
    let body = r#"{"resultOutcome":"Noch einmal","resultNotes":"B"}"#;
    let blind = tokio::spawn(async move { service.write(PATH, body).await });
    app.database.until_waiting(1).await;
    transaction.commit().await.unwrap();
    let blind = blind.await.unwrap();
    assert_eq!(blind.data()["resultNotes"], "B");
    assert_eq!(blind.headers["etag"], "\"4\"");

    drop(other);
    let database = app.finish().await;
    let changed = database
        .rows("select status, changed_fields, resource_version from audit_log order by id")
        .await;
    assert_eq!(
        serde_json::Value::from(changed),
        serde_json::json!([
            { "status": 412, "changed_fields": null, "resource_version": 2 },
            { "status": 200, "changed_fields": ["resultNotes"], "resource_version": 4 },
        ])
    );
}

#[tokio::test]
async fn of_many_who_read_the_same_version_one_writes() {
    let app = academy().await;
    let service = app.service_key().with("if-match", "\"1\"");
    let bodies: Vec<String> = (0..20)
        .map(|number| format!(r#"{{"resultNotes":"{number}"}}"#))
        .collect();
    let requests = bodies.iter().map(|body| service.write(PATH, body.as_str()));
    let answers = join_all(requests).await;

    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(statuses[1..].iter().all(|status| *status == 412), "{statuses:?}");
    let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
    let read = app
        .service_key()
        .get("/api/service/participations/part_anna")
        .await;
    assert_eq!(read.data(), winner.data());
    assert_eq!(read.headers["etag"], "\"2\"");
    app.finish().await;
}
