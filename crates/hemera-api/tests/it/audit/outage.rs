//! The audit log is out of order for a while, and loses nothing by it.

use serde_json::json;

use crate::academy::academy;

#[tokio::test]
async fn records_wait_until_the_audit_log_is_there_again() {
    let app = academy().await;
    app.database
        .run("alter table audit_log rename to audit_log_away")
        .await;
    for number in 0..3 {
        let answer = app
            .service_key()
            .with("x-request-id", format!("request-{number}"))
            .get("/api/service/courses")
            .await;
        assert_eq!(answer.status, 200, "reads go on: there is room in the queue");
    }
    app.database
        .run("alter table audit_log_away rename to audit_log")
        .await;

    let database = app.finish().await;
    let records = database
        .rows("select request_id from audit_log order by id")
        .await;
    assert_eq!(
        records,
        [
            json!({ "request_id": "request-0" }),
            json!({ "request_id": "request-1" }),
            json!({ "request_id": "request-2" }),
        ]
    );
}

/// One record that the database refuses takes none of the others in its batch with it.
#[tokio::test]
async fn a_record_that_is_refused_is_alone_in_it() {
    let app = academy().await;
    // Nothing is written until all three wait in one batch.
    app.database
        .run("alter table audit_log rename to audit_log_away")
        .await;
    for number in 0..3 {
        app.service_key()
            .with("x-request-id", format!("request-{number}"))
            .get("/api/service/courses")
            .await;
    }
    app.database
        .run(
            "alter table audit_log_away add constraint not_that_one check (request_id <> 'request-1');
             alter table audit_log_away rename to audit_log",
        )
        .await;

    let (lost, database) = app.finish_with_losses().await;
    assert_eq!(lost, 1, "it is in the log instead");
    let records = database
        .rows("select request_id from audit_log order by id")
        .await;
    assert_eq!(
        records,
        [
            json!({ "request_id": "request-0" }),
            json!({ "request_id": "request-2" })
        ]
    );
}
