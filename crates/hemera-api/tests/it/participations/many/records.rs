//! The audit records of the updates, and that of their request.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{PATH, put};
use crate::academy::{academy, academy_with};

fn updates() -> Value {
    json!({ "updates": [
        { "participationId": "part_anna", "resultNotes": "A", "complete": true },
        { "participationId": "part_bernd", "ifMatch": "\"9\"", "resultNotes": "B" },
        { "participationId": "part_none", "complete": true },
        { "participationId": "part_bernd2", "complete": false },
    ] })
}

#[tokio::test]
async fn each_update_has_its_record_and_the_request_has_one() {
    let app = academy().await;
    let answer = app
        .service_key()
        .with("user-agent", "aither")
        .with("x-request-id", "the-request")
        .put(PATH, &updates())
        .await;
    let database = app.finish().await;
    let records = database
        .rows(
            "select item, record_id, resource_id, outcome, status, error_code, reason, changed_fields, resource_version, items,
                 persons, audit_details.user_agent
             from audit_log left join audit_details using (at, record_id)
             where request_id = 'the-request' and operation = 'participations.update_results'
                 and permissions = '{write:participation-results}' and permissions_granted and subject = 'aither-rollback'
                 and key_name = 'rollback' and length(trace_id) = 32 and host(audit_details.client_address) = '192.0.2.7'
                 and duration_us is not null
             order by item nulls first",
        )
        .await;
    let results = answer.data()["results"].clone();
    let id = |index: usize| results[index]["auditRecord"].clone();
    let expected = [
        json!({ "item": null, "record_id": answer.header("x-audit-record"), "resource_id": null, "outcome": "SUCCEEDED",
            "status": 200, "error_code": null, "reason": null, "changed_fields": null, "resource_version": null, "items": 4,
            "persons": null, "user_agent": "aither" }),
        json!({ "item": 1, "record_id": id(0), "resource_id": "part_anna", "outcome": "SUCCEEDED", "status": 200,
            "error_code": null, "reason": null, "changed_fields": ["resultNotes", "status", "resultCompletedAt"],
            "resource_version": 2, "items": 1, "persons": ["user_anna"], "user_agent": "aither" }),
        json!({ "item": 2, "record_id": id(1), "resource_id": "part_bernd", "outcome": "REFUSED", "status": 412,
            "error_code": "PRECONDITION_FAILED", "reason": "version_differs", "changed_fields": null, "resource_version": 1,
            "items": null, "persons": null, "user_agent": "aither" }),
        json!({ "item": 3, "record_id": id(2), "resource_id": "part_none", "outcome": "REFUSED", "status": 404,
            "error_code": "NOT_FOUND", "reason": "participation_missing", "changed_fields": null, "resource_version": null,
            "items": null, "persons": null, "user_agent": "aither" }),
        json!({ "item": 4, "record_id": id(3), "resource_id": "part_bernd2", "outcome": "REFUSED", "status": 404,
            "error_code": "NOT_FOUND", "reason": "participation_missing", "changed_fields": null, "resource_version": null,
            "items": null, "persons": null, "user_agent": "aither" }),
    ];
    assert_eq!(records, expected);
}

/// An update that changes nothing has a record, too, as the write of a single result has.
#[tokio::test]
async fn an_unchanged_participation_is_recorded_as_such() {
    let app = academy().await;
    let body = json!({ "updates": [{ "participationId": "part_bernd", "complete": false }] });
    put(&app, &body).await.assert_status(200);
    let database = app.finish().await;
    let records = database
        .rows("select outcome, items from audit_log where item = 1")
        .await;
    assert_eq!(records, [json!({ "outcome": "UNCHANGED", "items": 1 })]);
}

/// The record holds a commitment to the person whose result was changed: the salt and the value lie beside it.
#[tokio::test]
async fn the_record_of_an_update_commits_to_its_person() {
    let app = academy_with(&[
        ("HEMERA_IDENTITY__PARTICIPANT_IDENTITY", "pseudonymous"),
        (
            "HEMERA_IDENTITY__PSEUDONYM_KEY",
            "a key of at least 32 characters.",
        ),
    ])
    .await;
    let answer = put(&app, &updates()).await;
    assert!(!answer.text.contains("user_"), "{}", answer.text);
    let database = app.finish().await;
    let rows = database
        .rows(
            "select encode(persons_commitment, 'hex') as hash, encode(persons_salt, 'hex') as salt, persons
             from audit_log join audit_details using (at, record_id) where item = 1",
        )
        .await;
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!(row["persons"], json!(["user_anna"]), "auditors see who it was");
    let salt = hex::decode(row["salt"].as_str().unwrap()).unwrap();
    let hash = Sha256::digest([&salt[..], &9_u32.to_be_bytes(), b"user_anna"].concat());
    assert_eq!(row["hash"], hex::encode(hash));
}

#[tokio::test]
async fn without_its_record_an_update_is_not_written() {
    let app = academy().await;
    app.database
        .run("alter table audit_log add constraint no_room check (item is distinct from 1)")
        .await;
    let body = json!({ "updates": [{ "participationId": "part_anna", "resultNotes": "A" }] });
    put(&app, &body).await.assert_error(500, "INTERNAL_ERROR");
    let rows = app
        .database
        .rows("select version from course_participations where id = 'part_anna'")
        .await;
    assert_eq!(rows, [json!({ "version": 1 })]);
    app.finish().await;
}
