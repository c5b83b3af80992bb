//! What a server writes from its start to its end.

use std::process::{Output, Stdio};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use super::{PATIENCE, borrowed, command, setup};
use crate::support::TestDatabase;

/// Runs a server until it has answered one request under this id, then ends it with SIGTERM. What it wrote: the lines of
/// standard output and of the log.
async fn one_request(settings: &[(&str, &str)], request_id: &str) -> (Vec<String>, Vec<String>) {
    let database = TestDatabase::create().await;
    let (_clerk, settings) = setup(&database, settings).await;
    let mut child = command(&["serve"])
        .envs(borrowed(&settings))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = tokio::time::timeout(PATIENCE, output.next_line());
    let first = first.await.unwrap().unwrap().unwrap();
    let (_, origin) = first.split_once("listening on ").unwrap();
    let origin = origin.split('"').next().unwrap();
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none());
    let request = client
        .build()
        .unwrap()
        .get(format!("{origin}/api/service/courses"))
        .header("x-request-id", request_id);
    assert_eq!(request.send().await.unwrap().status(), 401);

    let terminate = format!("kill -TERM {}", child.id().unwrap());
    let asked = Command::new("/bin/sh").args(["-c", &terminate]).status().await;
    assert!(asked.unwrap().success());
    let Output { status, stderr, .. } = tokio::time::timeout(PATIENCE, child.wait_with_output())
        .await
        .unwrap()
        .unwrap();
    assert!(status.success(), "{status}");
    let mut printed = vec![first];
    while let Some(line) = output.next_line().await.unwrap() {
        printed.push(line);
    }
    let log = String::from_utf8(stderr).unwrap();
    (printed, log.lines().map(str::to_owned).collect())
}

#[tokio::test]
async fn every_line_is_json_from_the_first_to_the_last() {
    let settings = [("HEMERA_LOG__FORMAT", "json"), ("HEMERA_HTTP__CONCURRENCY", "7")];
    let (printed, log) = one_request(&settings, "of-this-test").await;
    let json = |line: &String| -> Value { serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")) };
    let printed: Vec<Value> = printed.iter().map(json).collect();
    assert_eq!(printed.len(), 1);
    assert!(
        printed[0]["origin"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );

    let lines: Vec<Value> = log.iter().map(json).collect();
    // A test's login may do more than a server's should, which it is warned of.
    let start = lines.iter().find(|line| line["level"] != "WARN").unwrap();
    assert_eq!(start["message"], "hemera-api starts");
    assert_eq!(start["version"], env!("CARGO_PKG_VERSION"));
    assert!(start["commit"].is_string());
    let settings = start["settings"].as_str().unwrap();
    assert!(settings.contains("HEMERA_HTTP__CONCURRENCY=7"), "{settings}");
    assert!(
        settings.contains("DATABASE_URL=(hidden)") && settings.contains("CLERK_SECRET_KEY=(hidden)"),
        "{settings}"
    );

    let request = lines.iter().find(|line| line["message"] == "request").unwrap();
    assert_eq!(request["request_id"], "of-this-test");
    assert_eq!(request["status"], 401);
    assert_eq!(request["operation"], "courses.list");
    assert_eq!(
        lines.last().unwrap()["message"],
        "hemera-api has stopped: every request was answered and recorded"
    );
}

/// However long a caller makes what it sends.
#[tokio::test]
async fn lines_for_people_fit_their_screens() {
    let (_, log) = one_request(&[], &"r".repeat(128)).await;
    assert!(
        log.iter().any(|line| line.contains("route=/api/service/courses")),
        "{log:#?}"
    );
    for line in &log {
        assert!(line.chars().count() <= 160, "{line}");
    }
}
