//! `hemera-api key list`.

use serde_json::{Value, json};

use super::run;
use crate::support::{TestApp, TestDatabase, role_names};

/// Longer than since the tests' clock stood.
const SINCE: &str = "3650days";
const SETTING: (&str, &str) = (
    "HEMERA_SERVICE_KEYS__SPARE__SHA256",
    "0000000000000000000000000000000000000000000000000000000000000000",
);
const SUBJECT: (&str, &str) = ("HEMERA_SERVICE_KEYS__SPARE__SUBJECT", "aither-spare");

/// Two requests with a key that is not in the settings of the command, and a database to look into.
async fn used_twice() -> TestDatabase {
    let app = TestApp::start().await;
    for _ in 0..2 {
        app.service_key()
            .get("/api/service/courses")
            .await
            .assert_status(200);
    }
    app.finish().await
}

#[tokio::test]
async fn keys_of_the_settings_and_keys_that_were_used_are_listed() {
    let database = used_twice().await;
    let auditor = database.url_as(&role_names().auditor());
    let settings = [("DATABASE_URL", auditor.as_str()), SETTING, SUBJECT];
    let (code, output, notes) = run(&["key", "list", "--since", SINCE, "--json"], &settings).await;
    assert_eq!((code, notes.as_str()), (0, ""));
    let listed: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(
        listed["keys"],
        json!([
            {
                "name": "spare", "subject": "aither-spare", "configured": true,
                "expires": null, "lastUsed": null, "requests": 0
            },
            {
                "name": "rollback", "subject": "aither-rollback", "configured": false,
                "expires": null, "lastUsed": "2026-03-10T09:00:00.000Z", "requests": 2
            },
        ])
    );
    let (code, output, _) = run(&["key", "list", "--since", SINCE], &settings).await;
    assert_eq!(code, 0);
    let lines: Vec<&str> = output.lines().collect();
    assert!(
        lines[1].starts_with("spare ") && lines[1].contains("not since "),
        "{output}"
    );
    assert!(
        lines[2].contains("not configured") && lines[2].ends_with("2  2026-03-10T09:00:00.000Z"),
        "{output}"
    );
}

/// The period bounds what is read, and what is not in it is not claimed.
#[tokio::test]
async fn uses_before_the_period_are_not_listed() {
    let database = used_twice().await;
    let url = database.url();
    let (code, output, _) = run(&["key", "list", "--since", "1h"], &[("DATABASE_URL", &url)]).await;
    assert_eq!(code, 0);
    assert!(
        output.starts_with("no service key is configured, and none was used since "),
        "{output}"
    );
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_one_line() {
    let settings = [("DATABASE_URL", "postgres://hemera@127.0.0.1:1/hemera")];
    let (code, output, notes) = run(&["key", "list"], &settings).await;
    assert_eq!((code, output.as_str()), (1, ""));
    assert!(
        notes.starts_with("error: ") && notes.lines().count() == 1,
        "{notes}"
    );
}
