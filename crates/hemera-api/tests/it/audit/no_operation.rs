//! Requests that come to no operation, or not as far as the credential: recorded all the same.

use std::time::Duration;

use axum::body::Body;
use http::Method;
use serde_json::json;

use crate::academy::academy;
use crate::support::Sender;

const RECORD: &str =
    "select request_id, subject, operation, resource_id, outcome, status, error_code, reason,
    host(details.client_address) as client
    from audit_log left join audit_details as details using (at, record_id) order by at, id";

/// Whoever tries paths and methods under the service API is seen; what asks for something else is none of the audit log's.
#[tokio::test]
async fn tried_paths_and_methods_of_the_service_api_are_recorded() {
    let app = academy().await;
    let as_next = |sender: Sender, number: u8| {
        app.clock.advance(Duration::from_millis(1));
        sender.with("x-request-id", format!("request-{number}"))
    };
    let tried = [
        (Method::GET, "/api/service/admin?token=geheim"),
        (Method::DELETE, "/api/service/participations/part_anna"),
        (Method::GET, "/api/service/participations/part_anna/result"),
        (Method::GET, "/wp-login.php"),
        (Method::POST, "/livez"),
        (Method::GET, "/api/serviceable"),
    ];
    for ((method, path), number) in tried.into_iter().zip(0..) {
        // A good credential proves nobody where none is asked for.
        let sender = if number == 1 { app.admin() } else { app.anonymous() };
        as_next(sender, number).call(method, path, Body::empty()).await;
    }
    let database = app.finish().await;
    let record = |id: &str, status: u16, code: &str, reason: &str| {
        json!({
            "request_id": id, "subject": null, "operation": null, "resource_id": null, "outcome": "REFUSED",
            "status": status, "error_code": code, "reason": reason, "client": "192.0.2.7",
        })
    };
    assert_eq!(
        database.rows(RECORD).await,
        [
            record("request-0", 404, "NOT_FOUND", "no_such_route"),
            record("request-1", 405, "METHOD_NOT_ALLOWED", "no_such_method"),
            record("request-2", 405, "METHOD_NOT_ALLOWED", "no_such_method"),
        ]
    );
}

/// Like every flood without a proven caller: a few singly, the rest as one count.
#[tokio::test]
async fn a_flood_of_tried_paths_is_a_few_records_and_one_count() {
    let app = academy().await;
    for number in 0..40 {
        let answer = app.anonymous().get(&format!("/api/service/guess/{number}")).await;
        assert_eq!(answer.status, 404);
    }
    let database = app.finish().await;
    let records = database
        .rows("select reason, count(*) as records, sum(occurrences) as requests from audit_log group by 1")
        .await;
    assert_eq!(
        records,
        [json!({ "reason": "no_such_route", "records": 6, "requests": 40 })]
    );
}
