//! `audit credential`.

use serde_json::{Value, json};

use super::{SINCE, printed, recorded};
use crate::support::TestDatabase;

async fn found(database: &TestDatabase, id: &str) -> Value {
    let output = printed(database, &["audit", "credential", id, "--since", SINCE, "--json"]).await;
    serde_json::from_str(&output).unwrap()
}

#[tokio::test]
async fn a_session_has_the_uses_of_all_its_tokens_its_addresses_and_the_persons() {
    let database = recorded().await;
    let session = found(&database, "session_one").await;
    let uses: Vec<Value> = session["uses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["kind"], one["operation"], one["outcome"], one["requests"]]))
        .collect();
    assert_eq!(
        uses,
        [
            json!(["session", "courses.list", "REFUSED", 1]),
            json!(["session", "courses.list", "SUCCEEDED", 1]),
            json!(["session", "participations.update_result", "SUCCEEDED", 1]),
        ]
    );
    assert_eq!(session["addresses"]["listed"][0]["what"], "192.0.2.7");
    assert_eq!(session["addresses"]["listed"][0]["requests"], 2);
    assert_eq!(
        session["addresses"]["listed"][1]["what"],
        Value::Null,
        "its details are gone"
    );
    let persons = &session["persons"];
    assert_eq!(
        (&persons["total"], &persons["listed"][0]["what"]),
        (&json!(2), &json!("user_anna"))
    );
}

#[tokio::test]
async fn a_token_and_a_service_key_are_found_by_their_names() {
    let database = recorded().await;
    let token = found(&database, "token_one").await;
    assert_eq!(token["uses"][0]["kind"], "token");
    assert_eq!(token["uses"].as_array().unwrap().len(), 1);
    let key = found(&database, "rollback").await;
    assert_eq!(
        (&key["uses"][0]["kind"], &key["uses"][0]["subject"]),
        (&json!("service key"), &json!("aither-rollback"))
    );
    let day = [
        "--since",
        "2026-03-10T00:00:00Z",
        "--until",
        "2026-03-11T00:00:00Z",
    ];
    let arguments = [&["audit", "credential", "session_one", "--most", "1"], &day[..]].concat();
    let output = printed(&database, &arguments).await;
    insta::assert_snapshot!("audit_credential", output);
}

#[tokio::test]
async fn nothing_found_is_said_with_the_period() {
    let database = recorded().await;
    let output = printed(&database, &["audit", "credential", "token_one", "--since", "1h"]).await;
    assert!(
        output.starts_with("nothing was done with token_one from "),
        "{output}"
    );
}
