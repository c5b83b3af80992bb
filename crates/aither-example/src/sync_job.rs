//! A sync in the background, one at a time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aither_client::HemeraClient;
use aither_client::freshness::Clock;
use aither_client::hemera_types::Timestamp;
use aither_flows::sync::{Sync, SyncError, SyncReport};
use aither_flows::{Progress, Step};
use parking_lot::Mutex;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::figures::Figures;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::sync_status::{EndedSync, Outcome, RunningSync, SyncStatus};

/// A sync that takes longer has gone wrong. The first one of 200 courses takes some five minutes, at the pace of the client.
const LONGEST_SYNC: Duration = Duration::from_hours(1);

/// A flow that is cancelled ends at its next request or file.
const LONGEST_CANCEL: Duration = Duration::from_secs(5);

/// The sync of this service. Cheap to clone.
#[derive(Clone)]
pub(crate) struct SyncJob(Arc<Job>);

struct Job {
    hemera: HemeraClient,
    settings: Settings,
    figures: Figures,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    tasks: TaskTracker,
    cancel: CancellationToken,
}

#[derive(Default)]
struct State {
    status: SyncStatus,
    is_stopping: bool,
}

impl SyncJob {
    pub(crate) fn new(
        hemera: HemeraClient,
        settings: &Settings,
        figures: Figures,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self(Arc::new(Job {
            hemera,
            settings: settings.clone(),
            figures,
            clock,
            state: Mutex::default(),
            tasks: TaskTracker::new(),
            cancel: CancellationToken::new(),
        }))
    }

    pub(crate) fn status(&self) -> SyncStatus {
        self.0.state.lock().status.clone()
    }

    /// Starts a sync, unless one runs or the service stops. The directory has a lock of its own, which also holds against
    /// other programs; this check answers at once, and before anything is asked of Hemera.
    pub(crate) fn start(&self) -> Result<SyncStatus, Refusal> {
        let mut state = self.0.state.lock();
        if state.is_stopping {
            return Err(Refusal::stopping());
        }
        if let Some(running) = &state.status.running {
            return Err(Refusal::sync_running(running.started_at));
        }
        state.status.running = Some(RunningSync::new(self.now()));
        self.0.figures.sync_began();
        let job = self.clone();
        self.0.tasks.spawn(async move { job.run().await });
        Ok(state.status.clone())
    }

    /// Waits for the running sync, at most this long, then cancels it. None starts any more.
    pub(crate) async fn stop(&self, patience: Duration) {
        self.0.state.lock().is_stopping = true;
        self.0.tasks.close();
        if tokio::time::timeout(patience, self.0.tasks.wait()).await.is_err() {
            self.0.cancel.cancel();
            if tokio::time::timeout(LONGEST_CANCEL, self.0.tasks.wait())
                .await
                .is_err()
            {
                tracing::warn!(
                    "the sync goes on although it was cancelled: the next one finds its directory in use until it ends"
                );
            }
        }
    }

    async fn run(&self) {
        let sync = Sync::new(self.0.hemera.clone(), &self.0.settings.directory)
            .with_scope(self.0.settings.scope.into())
            .pseudonymous(self.0.settings.pseudonymous)
            .with_clock(Arc::clone(&self.0.clock))
            .with_progress(self.clone());
        // In a task of its own, so that a panic in it is an outcome too: the status must not say "running" for ever.
        let mut task = tokio::spawn(async move { sync.run().await });
        let ended = tokio::select! {
            ended = tokio::time::timeout(LONGEST_SYNC, &mut task) => ended.ok(),
            () = self.0.cancel.cancelled() => None,
        };
        let ended = if let Some(ended) = ended {
            ended
        } else {
            // To drop the future of a flow is how it is cancelled; it leaves the last good state.
            task.abort();
            task.await
        };
        self.end(ended);
    }

    fn end(&self, ended: Result<Result<SyncReport, SyncError>, JoinError>) {
        let outcome = match ended {
            Ok(Ok(report)) => Outcome::Succeeded { report },
            Ok(Err(error)) => failed(error.into()),
            Err(cancelled) if cancelled.is_cancelled() && self.0.cancel.is_cancelled() => Outcome::Stopped,
            Err(cancelled) if cancelled.is_cancelled() => failed(Refusal::sync_too_long()),
            Err(panicked) => failed(Refusal::internal().with_cause(panicked.to_string())),
        };
        let now = self.now();
        let is_success = matches!(outcome, Outcome::Succeeded { .. });
        tracing::info!(outcome = outcome.name(), "sync ended");
        self.0
            .figures
            .sync_ended(outcome.name(), is_success.then_some(now));
        let mut state = self.0.state.lock();
        let started_at = state
            .status
            .running
            .take()
            .map_or(now, |running| running.started_at);
        state.status.last = Some(EndedSync {
            started_at,
            ended_at: now,
            outcome,
        });
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now().wall.into()
    }
}

/// The outcome for callers; the cause goes to the log.
fn failed(refusal: Refusal) -> Outcome {
    let (error, cause) = refusal.into_parts();
    tracing::warn!(cause, "sync failed");
    Outcome::Failed { error }
}

/// It observes the flow that it runs: for `GET /api/sync`.
impl Progress for SyncJob {
    fn step(&self, step: Step) {
        if let Some(running) = &mut self.0.state.lock().status.running {
            running.step(step);
        }
    }
}

impl fmt::Debug for SyncJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncJob")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
