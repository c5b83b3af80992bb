//! A person with an auditor's login and the public key of the log, who trusts neither servers nor database.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use anyhow::Context as _;
use serde::Deserialize;
use tempfile::TempDir;
use tokio::process::Command;
use url::Url;

/// The key that servers sign the transparency log with, and where they leave its newest checkpoint.
#[derive(Debug)]
pub(crate) struct LogKey {
    folder: TempDir,
    verifier: String,
    /// Copies of older checkpoints.
    kept: Vec<String>,
}

/// What `hemera-api audit verify` found.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Verified {
    pub(crate) ok: bool,
    pub(crate) records: u64,
    pub(crate) pending: u64,
    pub(crate) epochs: Vec<Epoch>,
    findings: Vec<Finding>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Epoch {
    /// Its opening is one of them.
    pub(crate) leaves: u64,
}

#[derive(Clone, Debug, Deserialize)]
struct Finding {
    kind: String,
    text: String,
}

impl LogKey {
    /// Makes one with `hemera-api audit key new`.
    pub(crate) async fn make(hemera_api: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("audit.key");
        let file = file
            .to_str()
            .context("the folder for temporary files is no text")?;
        let (code, printed) = run(hemera_api, &["audit", "key", "new", "--file", file], &[]).await?;
        anyhow::ensure!(
            code == 0,
            "`audit key new` ended with exit code {code}: {printed}"
        );
        let mut words = printed.split_whitespace();
        let verifier = words.find(|word| word.matches('+').count() >= 2);
        let verifier =
            verifier.with_context(|| format!("`audit key new` printed no verifier key: {printed}"))?;
        Ok(Self {
            verifier: verifier.to_owned(),
            folder,
            kept: Vec::new(),
        })
    }

    /// The settings of the servers.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        vec![
            ("HEMERA_AUDIT__KEY_FILE", path("audit.key")),
            ("HEMERA_AUDIT__CHECKPOINT_FILE", path("checkpoint")),
            ("HEMERA_AUDIT__CHECKPOINT_INTERVAL", "1s".to_owned()),
        ]
    }

    /// Its public half, as `audit verify` takes it.
    pub(crate) fn verifier(&self) -> &str {
        &self.verifier
    }

    /// The newest checkpoint that the servers left outside the database.
    pub(crate) fn checkpoint(&self) -> anyhow::Result<String> {
        std::fs::read_to_string(self.checkpoint_file()).context("the servers left no checkpoint")
    }

    /// Keeps a copy of the newest checkpoint, which later checks are held against, too. Gives the file.
    pub(crate) fn keep_checkpoint(&mut self, name: &str) -> anyhow::Result<String> {
        let copy = self.folder.path().join(name);
        std::fs::copy(self.checkpoint_file(), &copy).context("the servers left no checkpoint")?;
        let file = copy.display().to_string();
        self.kept.push(file.clone());
        Ok(file)
    }

    pub(crate) fn checkpoint_file(&self) -> PathBuf {
        self.folder.path().join("checkpoint")
    }
}

/// Runs `hemera-api audit` with an auditor's login.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Auditor<'a> {
    pub(crate) hemera_api: &'a Path,
    pub(crate) url: &'a Url,
    pub(crate) key: &'a LogKey,
}

impl Auditor<'_> {
    /// Checks the whole log against the public key, and against the checkpoints from outside the database.
    pub(crate) async fn verify(&self) -> anyhow::Result<Verified> {
        let newest = self.key.checkpoint_file().display().to_string();
        let kept = self.key.kept.iter().map(String::as_str);
        self.verify_against(&kept.chain([newest.as_str()]).collect::<Vec<_>>())
            .await
    }

    /// Checks the whole log against the public key, and against the checkpoints in these files.
    pub(crate) async fn verify_against(&self, checkpoints: &[&str]) -> anyhow::Result<Verified> {
        let mut arguments = vec!["verify", "--json", "--key", &self.key.verifier];
        for checkpoint in checkpoints {
            arguments.extend(["--checkpoint", checkpoint]);
        }
        let (_, printed) = self.audit(&arguments).await?;
        serde_json::from_str(&printed).with_context(|| format!("`audit verify` printed {printed}"))
    }

    /// Runs `hemera-api audit` with these arguments: the exit code, and what it printed.
    pub(crate) async fn audit(&self, arguments: &[&str]) -> anyhow::Result<(i32, String)> {
        let arguments = [&["audit"], arguments].concat();
        run(
            self.hemera_api,
            &arguments,
            &[("DATABASE_URL", self.url.as_str())],
        )
        .await
    }
}

impl Verified {
    /// Whether all is well, no record waits, and each record is a leaf.
    pub(crate) fn is_whole(&self) -> bool {
        let leaves: u64 = self.epochs.iter().map(|epoch| epoch.leaves - 1).sum();
        self.ok && self.pending == 0 && leaves == self.records
    }

    /// The kinds of findings, each once.
    pub(crate) fn kinds(&self) -> Vec<&str> {
        let mut kinds: Vec<&str> = self
            .findings
            .iter()
            .map(|finding| finding.kind.as_str())
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// The findings in words.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.findings.iter().map(|finding| finding.text.clone()).collect()
    }

    /// What was seen, in words.
    pub(crate) fn sentence(&self) -> String {
        let leaves: u64 = self.epochs.iter().map(|epoch| epoch.leaves).sum();
        let mut text = format!(
            "{} records, {} leaves in {} epochs, {} waiting",
            self.records,
            leaves,
            self.epochs.len(),
            self.pending
        );
        if let Some(first) = self.findings.first() {
            text.push_str("; first finding: ");
            text.push_str(&first.text);
        }
        text
    }
}

async fn run(
    hemera_api: &Path,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> anyhow::Result<(i32, String)> {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(hemera_api)
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .context("hemera-api audit cannot be started")?;
    let code = status.code().context("hemera-api audit was ended by a signal")?;
    let printed = if stdout.is_empty() { stderr } else { stdout };
    Ok((code, String::from_utf8_lossy(&printed).into_owned()))
}
