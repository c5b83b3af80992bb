//! Service keys: several at once, each with an end, made by the command line.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::TestApp;

const COURSES: &str = "/api/service/courses?limit=1";

/// What `hemera-api key new` prints as JSON: the key, and the settings that let it in.
fn new_key(arguments: &[&str]) -> (String, Vec<(String, String)>) {
    let output = Command::new(env!("CARGO_BIN_EXE_hemera-api"))
        .args(["key", "new", "--json"])
        .args(arguments)
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let settings = printed["settings"].as_object().unwrap().iter();
    let settings = settings
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    (printed["key"].as_str().unwrap().to_owned(), settings)
}

fn borrowed(settings: &[(String, String)]) -> Vec<(&str, &str)> {
    settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

/// Rotation: the old key and the new one both work, and the audit log tells which was used.
#[tokio::test]
async fn several_keys_work_side_by_side_under_their_names() {
    let (first, mut settings) = new_key(&["spring", "--subject", "aither"]);
    let (second, others) = new_key(&["summer", "--subject", "aither"]);
    settings.extend(others);
    assert_ne!(first, second);
    let app = TestApp::start_with(&borrowed(&settings)).await;
    for key in [&first, &second] {
        app.clock.advance(Duration::from_millis(1));
        app.anonymous()
            .with("x-api-key", key)
            .get(COURSES)
            .await
            .assert_status(200);
    }
    let database = app.finish().await;
    let uses = database
        .rows("select subject, role, proof, key_name from audit_log order by at")
        .await;
    let by =
        |name| json!({ "subject": "aither", "role": "api-client", "proof": "service_key", "key_name": name });
    assert_eq!(uses, [by("spring"), by("summer")]);
}

#[tokio::test]
async fn a_key_is_good_until_it_expires() {
    let (key, mut settings) = new_key(&["old", "--subject", "aither"]);
    settings.push((
        "HEMERA_SERVICE_KEYS__OLD__EXPIRES".to_owned(),
        "2026-03-10T10:00:00Z".to_owned(),
    ));
    let app = TestApp::start_with(&borrowed(&settings)).await;
    let sender = app.anonymous().with("x-api-key", &key);
    app.advance(Duration::from_secs(3599));
    sender.get(COURSES).await.assert_status(200);
    app.advance(Duration::from_secs(1));
    let refused = sender.get(COURSES).await;
    refused.assert_error(401, "UNAUTHORIZED");
    assert_eq!(refused.header("www-authenticate"), "Bearer");
    let database = app.finish().await;
    let reasons = database
        .rows("select reason from audit_log where status = 401")
        .await;
    assert_eq!(reasons, [json!({ "reason": "expired_service_key" })]);
}

#[test]
fn the_settings_hold_the_hash_and_not_the_key() {
    let output = Command::new(env!("CARGO_BIN_EXE_hemera-api"))
        .args([
            "key",
            "new",
            "rollback",
            "--subject",
            "aither",
            "--expires-in",
            "90days",
        ])
        .env_clear()
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let key = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("hmr_"))
        .unwrap();
    assert_eq!(key.len(), 43, "256 bits in base64url");
    assert_eq!(text.matches(key).count(), 1, "{text}");
    for line in [
        "[rollback]",
        "sha256 = \"",
        "subject = \"aither\"",
        "expires = \"20",
    ] {
        assert!(text.contains(&format!("\n  {line}")), "{line} is not in {text}");
    }
    for name in ["SHA256=", "SUBJECT=aither", "EXPIRES=20"] {
        assert!(
            text.contains(&format!("  HEMERA_SERVICE_KEYS__ROLLBACK__{name}")),
            "{text}"
        );
    }
}

#[test]
fn names_that_the_environment_cannot_carry_are_refused() {
    for arguments in [
        ["a__b", "--subject", "aither"],
        ["Upper", "--subject", "aither"],
        ["with-dash", "--subject", "aither"],
        ["name", "--subject", "not a subject"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_hemera-api"))
            .args(["key", "new"])
            .args(arguments)
            .env_clear()
            .output()
            .unwrap();
        assert!(
            !output.status.success() && output.stdout.is_empty(),
            "{arguments:?}"
        );
    }
}
