//! Secrets in files: a new value counts without a restart, and an invalid one leaves the old one in use.

mod certificate;
mod clerk_key;
mod database_login;
mod load;
mod logins;
mod service_keys;
mod signals;

use std::path::PathBuf;
use std::time::Duration;

use freshness::ManualClock;
use hemera_api::App;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::support::{Answer, CapturedLog, Sender, TestApp};

const READ: &str = "/api/service/courses?limit=1";

/// How often a running server asks its clock.
const PULSE: Duration = Duration::from_millis(250);

/// The interval by default.
const INTERVAL: Duration = Duration::from_secs(10);

/// A file of a secret, in a folder of the test's own.
struct SecretFile {
    folder: TempDir,
    path: PathBuf,
}

impl SecretFile {
    fn with(content: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let file = Self { folder, path };
        file.write(content);
        file
    }

    fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }

    /// In place.
    fn write(&self, content: impl AsRef<[u8]>) {
        std::fs::write(&self.path, content).unwrap();
    }

    /// By another file that takes its name.
    fn rename_over(&self, content: impl AsRef<[u8]>) {
        let new = self.folder.path().join("new");
        std::fs::write(&new, content).unwrap();
        std::fs::rename(new, &self.path).unwrap();
    }
}

/// The table of a key in the file of service keys.
fn table(name: &str, key: &str) -> String {
    let hash = hex::encode(Sha256::digest(key.as_bytes()));
    format!("[{name}]\nsha256 = \"{hash}\"\nsubject = \"aither-{name}\"\n")
}

/// Lets time pass as a running server sees it.
async fn pass(app: &TestApp, span: Duration) {
    app.clerk.advance(span);
    pass_for(&app.app, &app.clock, span).await;
}

/// The same for a server beside that of a `TestApp`.
async fn pass_for(app: &App, clock: &ManualClock, span: Duration) {
    for _ in 0..span.as_millis() / PULSE.as_millis() {
        clock.advance(PULSE);
        app.secrets().read_when_due().await;
    }
}

async fn with_key(app: &TestApp, key: &str) -> Answer {
    sender_with(app, key).get(READ).await
}

fn sender_with(app: &TestApp, key: &str) -> Sender {
    app.anonymous().with("x-api-key", key)
}

/// The messages of this level that speak of a secret.
fn said(log: &CapturedLog, level: &str) -> Vec<String> {
    let text = log.text();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines
        .filter(|line| line["level"] == level)
        .map(|line| line["message"].as_str().unwrap_or_default().to_owned())
        .filter(|message| message.starts_with("secret "))
        .collect()
}
