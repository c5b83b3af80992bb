//! The record of exchanges.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clerk_emulator::{ClerkEmulator, Effect, Fault, Options, StartError};
use serde_json::{Value, json};

use super::support::Caller;

/// A file that goes with the test.
struct Record(PathBuf);

impl Record {
    fn new(name: &str) -> Self {
        let file = format!("{name}-{}.jsonl", std::process::id());
        Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(file))
    }

    fn lines(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.0).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn every_exchange_is_a_line_with_its_answer() {
    let record = Record::new("every_exchange");
    let clerk = ClerkEmulator::start(Options::new().with_record(record.0.clone()))
        .await
        .unwrap();
    let caller = Caller::new(&clerk.base_url())
        .with_key(&clerk.secret_key())
        .with_header(
            reqwest::header::HeaderName::from_static("clerk-api-version"),
            "2026-05-12",
        );
    let users = caller.get("/v1/users?limit=1").await.ok();
    caller
        .get("/v1/users/user_nobody")
        .await
        .refused(404, "resource_not_found");
    clerk.add_fault(Fault::new("/v1/jwks", Effect::Garbage).times(1));
    caller.get("/v1/jwks").await;
    // A request that is only held up is answered as always, and controls are not Clerk's.
    clerk.add_fault(Fault::new("/v1/jwks", Effect::None));
    caller.get("/v1/jwks").await;
    caller.get("/__emulator/journal").await.ok();

    let lines = record.lines();
    assert_eq!(
        lines[0],
        json!({
            "method": "GET", "path": "/v1/users", "query": "limit=1", "user_agent": null, "version": "2026-05-12",
            "status": 200, "content_type": "application/json", "fault": false, "body": users,
        })
    );
    assert_eq!(lines[1]["status"], 404);
    assert_eq!(lines[1]["body"]["errors"][0]["code"], "resource_not_found");
    assert_eq!(lines[2]["fault"], true);
    assert!(lines[2]["body"].as_str().unwrap().starts_with("<!DOCTYPE html>"));
    assert_eq!(lines[3]["fault"], false);
    assert_eq!(lines[3]["body"]["keys"].as_array().unwrap().len(), 1);
    assert_eq!(lines.len(), 4);
}

#[tokio::test]
async fn the_environment_names_the_file_for_emulators_that_were_given_none() {
    let (named, given) = (Record::new("named"), Record::new("given"));
    for arguments in [vec![], vec!["--record".as_ref(), given.0.as_os_str()]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_clerk-emulator"))
            .args(["--listen", "127.0.0.1:0", "--json", "--until-stdin-ends"])
            .args(arguments)
            .env("CLERK_EMULATOR_RECORD", &named.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut ready)
            .unwrap();
        let ready: Value = serde_json::from_str(&ready).unwrap();
        Caller::new(ready["base_url"].as_str().unwrap())
            .get("/.well-known/jwks.json")
            .await
            .ok();
        drop(child.stdin.take());
        child.wait().unwrap();
    }
    assert_eq!(named.lines().len(), 1);
    assert_eq!(given.lines().len(), 1);
}

#[tokio::test]
async fn a_file_that_cannot_be_written_stops_the_start() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let error = ClerkEmulator::start(Options::new().with_record(folder))
        .await
        .unwrap_err();
    assert!(matches!(error, StartError::Record { .. }), "{error:?}");
    assert!(
        error.to_string().contains("name a file in a folder that exists"),
        "{error}"
    );
}
