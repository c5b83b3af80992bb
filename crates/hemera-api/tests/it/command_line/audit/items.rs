//! A request that wrote several results: how each command shows and counts its records.

use serde_json::{Value, json};

use super::{SINCE, lines, printed, recorded};
use crate::support::TestDatabase;

/// A request with two updates, of which one was written: the record of the request, and one of each update.
const UPDATES: &str = "
    insert into audit_log (
        record_id, at, request_id, subject, role, proof, token_id, session_id, operation, resource_id, outcome, status,
        error_code, reason, items, changed_fields, resource_version, duration_us, item
    ) values
        ('00000000-0000-4000-8000-000000000011', '2026-03-10T09:00:11Z', 'request-11', 'user_aither', 'api-client',
            'template_token', 'token_many', 'session_many', 'participations.update_results', null, 'SUCCEEDED', 200,
            null, null, 2, null, null, 9000, null),
        ('00000000-0000-4000-8000-000000000012', '2026-03-10T09:00:11Z', 'request-11', 'user_aither', 'api-client',
            'template_token', 'token_many', 'session_many', 'participations.update_results', 'part_anna', 'SUCCEEDED', 200,
            null, null, 1, '{result_notes}', 8, 1000, 1),
        ('00000000-0000-4000-8000-000000000013', '2026-03-10T09:00:11Z', 'request-11', 'user_aither', 'api-client',
            'template_token', 'token_many', 'session_many', 'participations.update_results', 'part_ben', 'REFUSED', 412,
            'PRECONDITION_FAILED', 'version_differs', null, null, 3, 2000, 2);
    insert into audit_details (at, record_id, persons, persons_salt) values
        ('2026-03-10T09:00:11Z', '00000000-0000-4000-8000-000000000012', '{user_cleo}', '\\x01');";

async fn with_updates() -> TestDatabase {
    let database = recorded().await;
    database.run(UPDATES).await;
    database
}

async fn as_json(database: &TestDatabase, arguments: &[&str]) -> Value {
    let output = printed(database, &[arguments, &["--since", SINCE, "--json"]].concat()).await;
    serde_json::from_str(&output).unwrap()
}

#[tokio::test]
async fn list_and_export_show_the_number_of_each_update() {
    let database = with_updates().await;
    let list = [
        "audit",
        "list",
        "--since",
        SINCE,
        "--operation",
        "participations.update_results",
    ];
    let table = printed(&database, &list).await;
    let shown: Vec<String> = table.lines().map(words).collect();
    for part in [
        "200 participations.update_results part_anna",
        "part 1 of its request, changed result_notes, 1 item, 1 person",
        "part 2 of its request, refused, version_differs",
    ] {
        assert!(shown.iter().any(|line| line.contains(part)), "{part}: {table}");
    }
    let numbers = |found: Vec<Value>| -> Vec<Value> {
        let of_request = found
            .into_iter()
            .filter(|line| line["record"]["request_id"] == "request-11");
        of_request.map(|line| line["record"]["item"].clone()).collect()
    };
    let mut listed = numbers(lines(&database, &[&list[..], &["--json"]].concat()).await);
    listed.sort_by_key(Value::as_i64);
    assert_eq!(listed, [json!(null), json!(1), json!(2)]);
    let export = [
        "audit",
        "export",
        "--since",
        "2026-03-10T00:00:00Z",
        "--until",
        "2026-03-11T00:00:00Z",
    ];
    let mut exported = numbers(lines(&database, &export).await);
    exported.sort_by_key(Value::as_i64);
    assert_eq!(exported, listed);
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_request_counts_once_however_many_updates_it_has() {
    let database = with_updates().await;
    let found = as_json(&database, &["audit", "credential", "token_many"]).await;
    let uses = found["uses"].as_array().unwrap();
    assert_eq!(uses.len(), 1, "{uses:?}");
    assert_eq!(
        (&uses[0]["outcome"], &uses[0]["requests"]),
        (&json!("SUCCEEDED"), &json!(1))
    );
    assert_eq!(
        found["persons"]["listed"][0]["what"], "user_cleo",
        "whose result it changed"
    );

    let report = as_json(&database, &["report"]).await;
    let operations = report["operations"].as_array().unwrap();
    let row = operations
        .iter()
        .find(|row| row["operation"] == "participations.update_results");
    let row = row.unwrap();
    let counted = json!([row["requests"], row["refused"], row["failed"], row["maxUs"]]);
    assert_eq!(counted, json!([1, 0, 0, 9000]));
    let reasons: Vec<&Value> = report["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["reason"])
        .collect();
    assert!(!reasons.contains(&&json!("version_differs")), "{reasons:?}");
}

#[tokio::test]
async fn a_person_finds_the_update_of_its_result() {
    let database = with_updates().await;
    let found = as_json(&database, &["audit", "subject", "user_cleo"]).await;
    let accesses = found["accesses"].as_array().unwrap();
    assert_eq!(accesses.len(), 1, "{found:#}");
    assert_eq!(
        (
            &accesses[0]["operation"],
            &accesses[0]["changed"],
            &accesses[0]["requests"]
        ),
        (&json!("participations.update_results"), &json!(true), &json!(1))
    );
}
