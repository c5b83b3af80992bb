//! Checkpoints on their way out: to the log, to a file and to an address. What is outside cannot be changed with the
//! database.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::redirect::Policy;
use secrecy::{ExposeSecret as _, SecretString};
use transparency_log::SignedCheckpoint;

use super::EvidenceError;
use crate::metrics::{EvidenceMetrics, ExportTarget};

/// How long a file system or an address may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// The largest file that is read as a checkpoint.
const LARGEST: u64 = 64 * 1024;

/// Where checkpoints go. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Exporter {
    file: Option<PathBuf>,
    url: Option<SecretString>,
    client: Option<reqwest::Client>,
    metrics: EvidenceMetrics,
}

impl Exporter {
    pub(super) fn new(file: Option<PathBuf>, url: Option<SecretString>, metrics: EvidenceMetrics) -> Self {
        Self {
            file,
            url,
            client: reqwest::Client::builder()
                .timeout(DEADLINE)
                .redirect(Policy::none())
                .build()
                .ok(),
            metrics,
        }
    }

    /// Exports a checkpoint to all of its targets. What fails is in the log and in the metrics.
    pub(super) async fn export(self, epoch: i32, size: u64, note: String) {
        tracing::info!(
            epoch,
            size,
            checkpoint = note,
            "checkpoint of the transparency log"
        );
        if let Some(file) = &self.file {
            let written = tokio::time::timeout(DEADLINE, replace(file, &note)).await;
            let problem = match written {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.kind().to_string()),
                Err(_) => Some("no answer in time".to_owned()),
            };
            self.took(ExportTarget::File, problem);
        }
        if let (Some(url), Some(client)) = (&self.url, &self.client) {
            let sent = client
                .put(url.expose_secret())
                .header("content-type", "text/plain; charset=utf-8")
                .body(note)
                .send()
                .await;
            // The address may have a password in it.
            let problem = match sent.map_err(reqwest::Error::without_url) {
                Ok(answer) if answer.status().is_success() => None,
                Ok(answer) => Some(format!("status {}", answer.status())),
                Err(error) => Some(error.to_string()),
            };
            self.took(ExportTarget::Url, problem);
        }
    }

    fn took(&self, target: ExportTarget, problem: Option<String>) {
        self.metrics.exported(target, problem.is_none());
        if let Some(problem) = problem {
            tracing::error!(
                target = target.as_str(),
                problem,
                "a checkpoint could not be exported; the next one is tried: check HEMERA_AUDIT__CHECKPOINT_FILE and \
                 HEMERA_AUDIT__CHECKPOINT_URL"
            );
        }
    }

    /// Refuses to go on where the file has a checkpoint of this log with more leaves than the database: what it states
    /// was lost, and other records would take its place.
    pub(super) async fn check(&self, epoch: i32, origin: &str, size: u64) -> Result<(), EvidenceError> {
        let Some(file) = &self.file else { return Ok(()) };
        let Some(text) = read(file).await else {
            return Ok(());
        };
        let Ok(signed) = SignedCheckpoint::parse(&text) else {
            return Ok(());
        };
        let exported = signed.unverified();
        if exported.origin == origin && exported.size > size {
            return Err(EvidenceError::RecordsLost {
                file: file.display().to_string(),
                epoch,
                exported: exported.size,
                size,
            });
        }
        Ok(())
    }
}

async fn read(file: &Path) -> Option<String> {
    let reading = async {
        let length = tokio::fs::metadata(file).await.ok()?.len();
        (length <= LARGEST).then_some(())?;
        tokio::fs::read_to_string(file).await.ok()
    };
    tokio::time::timeout(DEADLINE, reading).await.ok()?
}

/// Replaces the file as a whole: a reader sees the old checkpoint or the new one.
async fn replace(file: &Path, note: &str) -> std::io::Result<()> {
    let mut half = file.as_os_str().to_owned();
    half.push(format!(".{}.part", std::process::id()));
    let half = PathBuf::from(half);
    tokio::fs::write(&half, note).await?;
    tokio::fs::rename(&half, file).await
}
