//! No answer carries a field that the contract does not list.

use hemera_types::{Named as _, Operation};

use super::ask;
use super::contract::{Paths, Success, of_body, of_envelopes, of_json};
use crate::academy::academy;
use crate::support::Answer;

#[tokio::test]
async fn an_answer_has_the_fields_of_the_contract_and_no_others() {
    let app = academy().await;
    // Usage shows what was recorded before; the records go through a queue.
    app.database
        .run(
            "insert into audit_log (at, outcome, status, subject, operation) values
              ('2026-03-10T08:00:00Z', 'SUCCEEDED', 200, 'aither', 'courses.list')",
        )
        .await;
    let [success, _] = of_envelopes();
    for &operation in Operation::ALL {
        let answer = ask(&app, operation).await;
        let documented = Success::of(operation);
        let fields = of_json(&answer.data());
        assert_eq!(fields, of_body(documented.body), "{operation}");

        let mut envelope = answer.json();
        envelope["data"] = serde_json::json!({});
        let mut expected = success.clone();
        if documented.has_message {
            expected.insert("message".to_owned());
        }
        if !documented.is_list {
            expected.retain(|path| !path.starts_with("pagination"));
        }
        assert_eq!(of_json(&envelope), expected, "{operation}");
    }
    app.finish().await;
}

#[tokio::test]
async fn an_error_has_the_fields_of_the_contract_and_no_others() {
    let app = academy().await;
    let [_, error] = of_envelopes();
    let key = app.service_key();
    let result = "/api/service/participations/part_anna/result";
    let answers = [
        (401, app.anonymous().get("/api/service/courses").await),
        (403, key.get("/api/service/usage").await),
        (404, key.get("/api/service/courses/missing").await),
        (404, key.get("/nothing").await),
        (405, key.put_raw("/api/service/courses", "").await),
        (
            400,
            key.get("/api/service/courses?limit=x&limit=y&mail=anna").await,
        ),
        (400, key.write(result, r#"{"email":"x"}"#).await),
        (400, key.write(result, "{").await),
        (
            412,
            key.with("if-match", "\"7\"")
                .write(result, r#"{"resultNotes":"x"}"#)
                .await,
        ),
        (413, key.write(result, "x".repeat(70_000)).await),
        (415, key.put_raw(result, "{}").await),
    ];
    let mut seen = Paths::new();
    for (status, answer) in answers {
        assert_eq!(answer.status, status, "{answer:#?}");
        seen.extend(assert_within(&answer, &error));
    }
    // Some of them had details.
    assert_eq!(seen, error);
    app.finish().await;
}

fn assert_within(answer: &Answer, allowed: &Paths) -> Paths {
    let paths = of_json(&answer.json());
    assert!(paths.is_subset(allowed), "{answer:#?}");
    paths
}
