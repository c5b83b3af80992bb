//! Every request leaves a record, whatever came of it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::academy::academy;
use crate::support::Sender;

const RECORD: &str = "select request_id, subject, role, proof, key_name, operation, resource_id,
    outcome, status, error_code, reason, changed_fields, resource_version, details.user_agent, occurrences,
    permissions, permissions_granted, items, details.persons, token_id is not null as has_token_id, trace_id
    from audit_log left join audit_details as details using (at, record_id) order by at, id";

#[tokio::test]
async fn one_record_for_each_outcome_with_who_what_and_why() {
    let app = academy().await;
    let result = "/api/service/participations/part_anna/result";
    // Each at a time of its own, so that the records have an order.
    let as_next = |sender: Sender, number: u8| {
        app.clock.advance(Duration::from_millis(1));
        sender
            .with("x-request-id", format!("request-{number}"))
            .with("user-agent", "aither/1.0")
            .with(
                "traceparent",
                format!("00-{:032x}-00000000000000a1-01", 0xabc0 + u128::from(number)),
            )
    };
    let reads = [
        (app.service_key(), "/api/service/courses?limit=1"),
        (app.service(), "/api/service/courses/course_wandel"),
        (app.service_key(), "/api/service/courses/course_none/materials"),
        (app.service_key(), "/api/service/participations/part_anna"),
        (app.service_key(), "/api/service/courses?limit=0"),
        (app.service_key(), "/api/service/courses/a%20b"),
        (app.service_key(), "/api/service/usage"),
        (app.admin(), "/api/service/usage"),
        (app.anonymous(), "/api/service/participations/part_anna"),
        (
            app.anonymous().with("x-api-key", "not-a-key"),
            "/api/service/courses",
        ),
    ];
    for ((sender, path), number) in reads.into_iter().zip(0..) {
        as_next(sender, number).get(path).await;
    }
    let read = app.service_key().with("if-match", "\"1\"");
    let writes = [
        (app.service_key(), r#"{"resultNotes":"A","complete":true}"#),
        (app.service_key(), r#"{"resultNotes":"A"}"#),
        (read, r#"{"resultNotes":"B"}"#),
        (app.service_key(), "{}"),
        (app.service_key(), "{"),
    ];
    for ((sender, body), number) in writes.into_iter().zip(10..) {
        as_next(sender, number).write(result, body).await;
    }
    let missing = "/api/service/participations/part_none/result";
    as_next(app.service_key(), 15)
        .write(missing, r#"{"complete":true}"#)
        .await;

    let database = app.finish().await;
    insta::assert_json_snapshot!("audit_records", database.rows(RECORD).await);
}

#[tokio::test]
async fn nothing_of_credentials_texts_or_addresses_is_in_it() {
    let app = academy().await;
    app.service_key()
        .write(
            "/api/service/participations/part_anna/result",
            r#"{"resultNotes":"streng vertraulich"}"#,
        )
        .await;
    app.service_key()
        .get("/api/service/courses/course_wandel?token=geheim")
        .await;
    app.anonymous()
        .with("authorization", "Bearer eyJhbGciOiJub25lIn0.e30.")
        .get("/api/service/courses")
        .await;

    let database = app.finish().await;
    let rows = database.rows("select * from audit_log").await;
    assert_eq!(rows.len(), 3);
    let text = Value::from(rows).to_string();
    for word in ["vertraulich", "geheim", "a-service-key", "eyJ", "@"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

#[tokio::test]
async fn a_flood_without_credentials_is_a_few_records_and_one_count() {
    let app = academy().await;
    for _ in 0..50 {
        let answer = app.anonymous().get("/api/service/courses").await;
        assert_eq!(answer.status, 401);
    }

    let database = app.finish().await;
    let counts = database
        .rows(
            "select request_id is null as summed, count(*) as records, sum(occurrences) as requests
             from audit_log group by 1 order by 1",
        )
        .await;
    assert_eq!(
        Value::from(counts),
        json!([
            { "summed": false, "records": 5, "requests": 5 },
            { "summed": true, "records": 1, "requests": 45 },
        ])
    );
}
