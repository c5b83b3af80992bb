//! A transparency log to change and to check.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{PATIENCE, RECORD, key, until_leaves, value};
use crate::support::{TestApp, TestDatabase, role_names};

/// A log of some hundred records, and what was kept of it outside.
pub(super) struct KeptLog {
    pub(super) database: TestDatabase,
    pub(super) folder: tempfile::TempDir,
    pub(super) verifier: String,
    pub(super) key: String,
}

pub(super) async fn run(arguments: &[&str], url: &str, settings: &[(&str, &str)]) -> (i32, String, String) {
    let child = tokio::process::Command::new(env!("CARGO_BIN_EXE_hemera-api"))
        .arg("audit")
        .args(arguments)
        .env_clear()
        .env("DATABASE_URL", url)
        .envs(settings.iter().copied())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE, child).await.unwrap().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

impl KeptLog {
    /// A log with a checkpoint outside that does not have its newest records.
    pub(super) async fn set() -> Self {
        let key = key();
        let app = TestApp::start_with(&[("HEMERA_AUDIT__KEY", &key)]).await;
        app.database.run(&[RECORD; 300].join(";")).await;
        until_leaves(&app.database, 300).await;
        let stage = Self {
            database: app.finish().await,
            folder: tempfile::tempdir().unwrap(),
            verifier: String::new(),
            key,
        };
        let verifier = value(&stage.database, "(select verifier_key from audit_epochs)").await;
        let stage = Self {
            verifier: verifier.as_str().unwrap().to_owned(),
            ..stage
        };
        stage.keep("outside").await;
        stage
    }

    /// Writes the newest checkpoint to a file.
    pub(super) async fn keep(&self, name: &str) {
        let note = value(&self.database, "(select note from audit_sequencer)").await;
        std::fs::write(self.file(name), note.as_str().unwrap()).unwrap();
    }

    pub(super) fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Runs the check as an auditor, with the key and the checkpoint from outside.
    pub(super) async fn verify(&self) -> (i32, Value) {
        let outside = self.file("outside");
        self.verify_with(&["--key", &self.verifier, "--checkpoint", &outside])
            .await
    }

    pub(super) async fn verify_with(&self, arguments: &[&str]) -> (i32, Value) {
        let url = self.database.url_as(&role_names().auditor());
        let (code, out, err) = run(&[&["verify", "--json"], arguments].concat(), &url, &[]).await;
        let report = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
        (code, report)
    }

    /// Changes the trail as its owner can: triggers are switched off first.
    pub(super) async fn tamper(&self, sql: &str) {
        self.database
            .run(&format!(
                "set session_replication_role = replica; begin; {sql}; commit"
            ))
            .await;
    }

    /// Writes the log as files, and leaves it for the verifier of `cargo xtask conformance`, which has to say `expected`.
    pub(super) async fn export(&self, name: &str, expected: &str) -> PathBuf {
        let folder = match std::env::var_os("HEMERA_EVIDENCE_EXPORTS") {
            Some(exports) => Path::new(&exports).join(name),
            None => self.folder.path().join(name),
        };
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("key"), &self.verifier).unwrap();
        std::fs::write(folder.join("expected"), expected).unwrap();
        std::fs::copy(self.file("outside"), folder.join("outside")).unwrap();
        let log = folder.join("log");
        let url = self.database.url_as(&role_names().auditor());
        let (code, out, err) = run(&["tiles", log.to_str().unwrap()], &url, &[]).await;
        assert_eq!(code, 0, "{out}{err}");
        log
    }

    /// The id of the record that is that leaf.
    pub(super) async fn id_of(&self, leaf: u64) -> i64 {
        let id = format!(
            "(select id from audit_batches, unnest(ids) with ordinality as leaf (id, place) where first_leaf + place - 1 = {leaf})"
        );
        value(&self.database, &id).await.as_i64().unwrap()
    }
}

pub(super) fn kinds(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    let mut kinds: Vec<&str> = findings
        .map(|finding| finding["kind"].as_str().unwrap())
        .collect();
    kinds.dedup();
    kinds
}
