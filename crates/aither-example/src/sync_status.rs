//! What `/api/sync` shows.

use aither_client::hemera_types::Timestamp;
use aither_flows::Step;
use aither_flows::sync::SyncReport;
use serde::Serialize;

use crate::refusal::Trouble;

/// The running sync, and how the one before it ended.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct SyncStatus {
    /// `null`: none runs.
    pub(crate) running: Option<RunningSync>,
    /// `null`: none has ended since the service started.
    pub(crate) last: Option<EndedSync>,
}

/// A sync that runs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunningSync {
    pub(crate) started_at: Timestamp,
    /// What it does: `reading courses`.
    pub(crate) phase: String,
    /// How much of the phase is done.
    pub(crate) done: u64,
    /// How much there is to do, once that is known.
    pub(crate) total: Option<u64>,
}

/// A sync that has ended.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EndedSync {
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Timestamp,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
}

/// How a sync ended.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Outcome {
    /// The directory is as Hemera.
    Succeeded { report: SyncReport },
    /// The directory is as it was after the last course that was written; the next sync continues.
    Failed { error: Trouble },
    /// As `Failed`, because the service stopped.
    Stopped,
}

impl RunningSync {
    pub(crate) fn new(started_at: Timestamp) -> Self {
        Self {
            started_at,
            phase: "starting".to_owned(),
            done: 0,
            total: None,
        }
    }

    pub(crate) fn step(&mut self, step: Step) {
        self.phase = step.phase.to_string();
        self.done = step.done;
        self.total = step.total;
    }
}

impl Outcome {
    /// In one word, for the log and the figures.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Succeeded { .. } => "succeeded",
            Self::Failed { .. } => "failed",
            Self::Stopped => "stopped",
        }
    }
}
