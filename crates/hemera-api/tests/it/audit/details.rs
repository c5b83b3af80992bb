//! Whose data were returned, which credential asked, and that the record commits to what lies beside it.

use axum::body::Body;
use clerk_emulator::Forgery;
use http::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::academy::{academy, academy_with};
use crate::support::{Person, TestApp};

const PERSONS: &str = "select operation, status, items, persons
    from audit_log left join audit_details using (at, record_id) order by id";

const COURSE: &str = "/api/service/courses/course_wandel";
const PARTICIPATION: &str = "/api/service/participations/part_anna";
const RESULT: &str = "/api/service/participations/part_anna/result";

fn record(operation: &str, status: u16, items: Option<u32>, persons: Option<&[&str]>) -> Value {
    json!({ "operation": operation, "status": status, "items": items, "persons": persons })
}

#[tokio::test]
async fn a_response_with_data_names_all_persons_in_it_and_any_other_none() {
    let app = academy().await;
    let course = app.service_key().get(COURSE).await;
    let tag = course.header("etag").to_owned();
    app.service_key().get(PARTICIPATION).await;
    app.service_key().get("/api/service/courses?limit=2").await;
    app.service_key()
        .get("/api/service/courses/course_wandel/materials")
        .await;
    let unchanged = app
        .service_key()
        .with("if-none-match", tag.clone())
        .get(COURSE)
        .await;
    unchanged.assert_status(304);
    let head = app.service_key().call(Method::HEAD, COURSE, Body::empty()).await;
    head.assert_status(200);
    app.service_key()
        .get("/api/service/participations/part_none")
        .await
        .assert_status(404);
    app.service_key()
        .write(RESULT, r#"{"complete":true}"#)
        .await
        .assert_status(200);
    let stale = app.service_key().with("if-match", "\"99\"");
    stale
        .write(RESULT, r#"{"resultNotes":"x"}"#)
        .await
        .assert_status(412);

    let database = app.finish().await;
    let mut records = database.rows(PERSONS).await;
    // Records of reads go through a queue, in their order; those of writes do not.
    records.sort_by_key(|record| record["operation"] == "participations.update_result");
    let booked: Option<&[&str]> = Some(&["user_noname", "user_anna", "user_bernd"]);
    assert_eq!(
        records,
        [
            record("courses.get", 200, Some(1), booked),
            record("participations.get", 200, Some(1), Some(&["user_anna"])),
            record("courses.list", 200, Some(2), None),
            record("courses.materials", 200, Some(4), None),
            record("courses.get", 304, None, None),
            record("courses.get", 200, None, None),
            record("participations.get", 404, None, None),
            record("participations.update_result", 200, Some(1), Some(&["user_anna"])),
            record("participations.update_result", 412, None, None),
        ]
    );
}

#[tokio::test]
async fn an_auditor_sees_real_persons_where_callers_see_pseudonyms() {
    let app = academy_with(&[
        ("HEMERA_IDENTITY__PARTICIPANT_IDENTITY", "pseudonymous"),
        (
            "HEMERA_IDENTITY__PSEUDONYM_KEY",
            "a key of at least 32 characters.",
        ),
    ])
    .await;
    let read = app.service_key().get(PARTICIPATION).await;
    assert_ne!(read.data()["userId"], "user_anna");
    app.service_key().write(RESULT, r#"{"complete":true}"#).await;

    let database = app.finish().await;
    let persons = database.rows("select persons from audit_details").await;
    assert_eq!(
        persons,
        [
            json!({ "persons": ["user_anna"] }),
            json!({ "persons": ["user_anna"] })
        ]
    );
}

/// Salt, values and commitment of one kind in every record.
async fn commitments(app: TestApp, column: &str, values: &str) -> Vec<Value> {
    let database = app.finish().await;
    let sql = format!(
        "select {values} as values, encode({column}_salt, 'hex') as salt, encode({column}_commitment, 'hex') as commitment
         from audit_log left join audit_details as details using (at, record_id)"
    );
    database.rows(&sql).await
}

/// As the documents say it is computed, by other code.
fn computed(salt: &str, values: &Value) -> String {
    let mut bytes = hex::decode(salt).unwrap();
    for value in values.as_array().unwrap() {
        let value = value.as_str().unwrap();
        bytes.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        bytes.extend(value.as_bytes());
    }
    hex::encode(Sha256::digest(bytes))
}

#[tokio::test]
async fn records_commit_to_persons_addresses_and_user_agents() {
    for (column, values) in [
        ("persons", "persons"),
        ("address", "array[host(details.client_address)]"),
        ("user_agent", "array[details.user_agent]"),
    ] {
        let app = academy().await;
        let sender = || app.service_key().with("user-agent", "aither \"1\", ü {}\\");
        sender().get(COURSE).await;
        sender().write(RESULT, r#"{"complete":true}"#).await;
        let rows = commitments(app, column, values).await;
        assert_eq!(rows.len(), 2);
        for row in rows {
            let expected = computed(row["salt"].as_str().unwrap(), &row["values"]);
            assert_eq!(row["commitment"], expected, "{column}: {row}");
        }
    }
}

#[tokio::test]
async fn records_name_the_token_or_its_session_or_its_hash_but_never_the_token() {
    let app = academy().await;
    let template = app.token(Person::Service);
    let session = app.session_token(Person::Service);
    let without_id = Forgery::template(Person::Service.email(), "hemera-api").without_claim("jti");
    let nameless = app.clerk.forge(&without_id).unwrap();
    for token in [&template, &session, &nameless] {
        let sender = app.anonymous().with("authorization", format!("Bearer {token}"));
        sender.get(COURSE).await.assert_status(200);
    }
    app.service_key().get(COURSE).await;

    let database = app.finish().await;
    let rows = database
        .rows("select proof, token_id, session_id, key_name from audit_log order by id")
        .await;
    let claim = |token: &str, name: &str| claims(token)[name].clone();
    assert_eq!(rows[0]["token_id"], claim(&template, "jti"));
    assert_eq!(rows[1]["session_id"], claim(&session, "sid"));
    let hash = hex::encode(Sha256::digest(nameless.as_bytes()));
    assert_eq!(rows[2]["token_id"], format!("sha256:{hash}"));
    assert_eq!(
        rows[3],
        json!({ "proof": "service_key", "token_id": null, "session_id": null, "key_name": "rollback" })
    );
    let all = Value::from(database.rows("select * from audit_log").await).to_string();
    for token in [template, session, nameless] {
        let signature = token.rsplit('.').next().unwrap();
        assert!(!all.contains(signature));
    }
}

fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(payload)
        .unwrap();
    serde_json::from_slice(&payload).unwrap()
}
