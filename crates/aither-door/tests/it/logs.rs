//! What the log says, and what it never says.

use crate::support::{Hemera, KEY, Logs, Opened, SERVICE_KEY, Script};

#[tokio::test]
async fn every_request_and_refusal_is_logged_without_keys() {
    let (logs, _recording) = Logs::record();
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let wrong = "another-key-that-must-not-be-logged";
    let secrets =
        "authorization: Bearer secret.of.caller\r\ncookie: secret-of-caller\r\nx-request-id: mine\r\n";
    assert_eq!(
        door.ask("GET /api/service/courses", secrets, "").await.status,
        200
    );
    let head = format!(
        "GET /api/service/courses?q=secret-of-caller HTTP/1.1\r\nhost: {}\r\n",
        door.address
    );
    door.ask_raw(&format!(
        "{head}x-api-key: {wrong}\r\nx-request-id: theirs\r\nconnection: close\r\n"
    ))
    .await;
    let text = logs.text();
    let line = |words: &[&str]| {
        text.lines()
            .any(|line| words.iter().all(|word| line.contains(word)))
    };
    assert!(
        line(&["passed on", "courses.list", "ok", "200", "mine", "tcp"]),
        "{text}"
    );
    assert!(
        line(&["requests are refused", "key_wrong", "theirs", "tcp"]),
        "{text}"
    );
    for secret in [KEY, SERVICE_KEY, wrong, "secret.of.caller", "secret-of-caller"] {
        assert!(!text.contains(secret), "{secret}");
    }
}
