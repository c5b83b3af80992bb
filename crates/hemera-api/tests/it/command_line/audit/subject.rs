//! `audit subject`.

use serde_json::{Value, json};

use super::{SINCE, lines, printed, recorded};
use crate::academy::academy;
use crate::support::Person;

#[tokio::test]
async fn everyone_who_saw_or_changed_a_persons_data_is_listed_with_when_and_how_often() {
    let database = recorded().await;
    let output = printed(&database, &["audit", "subject", "user_anna", "--json"]).await;
    let found: Value = serde_json::from_str(&output).unwrap();
    let access = |operation: &str, changed: bool, at: &str| {
        json!({
            "subject": "user_aither", "role": "api-client", "proof": "template_token", "keyName": null,
            "operation": operation, "changed": changed, "requests": 1, "firstAt": at, "lastAt": at,
        })
    };
    assert_eq!(
        found,
        json!({
            "user": "user_anna",
            "since": null,
            "detailsFrom": "2026-03-10T09:00:01.000Z",
            "recordsFrom": "2026-03-10T09:00:01.000Z",
            "accesses": [
                access("participations.update_result", true, "2026-03-10T09:00:02.000Z"),
                access("courses.list", false, "2026-03-10T09:00:01.000Z"),
            ],
        })
    );
    let output = printed(&database, &["audit", "subject", "user_anna"]).await;
    insta::assert_snapshot!("audit_subject", output);
    let output = printed(
        &database,
        &["audit", "subject", "user_anna", "--since", "2026-03-10T09:00:02Z"],
    )
    .await;
    assert!(
        output
            .starts_with("1 request since 2026-03-10T09:00:02.000Z returned or changed data of user_anna\n"),
        "{output}"
    );
}

/// Through the router: a caller that got a course in full got the data of those who booked it.
#[tokio::test]
async fn a_person_whose_data_were_in_a_response_is_found_with_the_caller() {
    let app = academy().await;
    let token = app.token(Person::Admin);
    let admin = app.anonymous().with_token(&token);
    admin
        .get("/api/service/courses/course_wandel")
        .await
        .assert_status(200);
    app.service_key()
        .write(
            "/api/service/participations/part_anna/result",
            r#"{"complete":true}"#,
        )
        .await
        .assert_status(200);
    app.service_key()
        .get("/api/service/courses")
        .await
        .assert_status(200);
    let database = app.finish().await;

    let found: Value =
        serde_json::from_str(&printed(&database, &["audit", "subject", "user_anna", "--json"]).await)
            .unwrap();
    let mut accesses: Vec<Value> = found["accesses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            json!([
                one["role"],
                one["keyName"],
                one["operation"],
                one["changed"],
                one["requests"]
            ])
        })
        .collect();
    accesses.sort_by_key(Value::to_string);
    assert_eq!(
        accesses,
        [
            json!(["admin", null, "courses.get", false, 1]),
            json!(["api-client", "rollback", "participations.update_result", true, 1]),
        ]
    );
}

#[tokio::test]
async fn from_a_token_the_persons_are_found() {
    let app = academy().await;
    let token = app.token(Person::Admin);
    let admin = app.anonymous().with_token(&token);
    admin
        .get("/api/service/courses/course_wandel")
        .await
        .assert_status(200);
    let database = app.finish().await;
    let records = lines(
        &database,
        &[
            "audit",
            "list",
            "--json",
            "--since",
            SINCE,
            "--person",
            "user_anna",
        ],
    )
    .await;
    let [read] = &records[..] else {
        panic!("{records:?}")
    };
    let credential = ["session_id", "token_id"]
        .iter()
        .find_map(|name| read["record"][name].as_str())
        .unwrap();
    let arguments = ["audit", "credential", credential, "--since", SINCE, "--json"];
    let used: Value = serde_json::from_str(&printed(&database, &arguments).await).unwrap();
    let persons: Vec<&Value> = used["persons"]["listed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| &person["what"])
        .collect();
    assert_eq!(persons, ["user_anna", "user_bernd", "user_noname"]);
}

/// What is not known is not passed over in silence.
#[tokio::test]
async fn it_says_from_when_on_details_exist_and_that_older_ones_are_gone() {
    let database = recorded().await;
    database
        .run("insert into audit_log (at, outcome, status) values ('2026-01-05T00:00Z', 'SUCCEEDED', 200)")
        .await;
    let output = printed(&database, &["audit", "subject", "user_stranger"]).await;
    let output = output.replace('\n', " ");
    assert!(
        output.starts_with("0 requests returned or changed data of user_stranger"),
        "{output}"
    );
    for words in [
        "is known from 2026-03-10T09:00:01.000Z on",
        "Records from 2026-01-05T00:00:00.000Z on, before that, have no details",
        "Who saw these data then is not known.",
    ] {
        assert!(output.contains(words), "{words} is not in {output}");
    }
}
