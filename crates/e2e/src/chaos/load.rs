//! Callers that read and write through `aither-client` as long as a scenario lasts, and what came of their calls.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aither_client::hemera_types::{CourseQuery, ParticipationId, ResultUpdate};
use aither_client::{CallInfo, Error, HemeraClient};
use anyhow::Context as _;
use freshness::{Clock as _, SystemClock};
use tokio::task::JoinSet;
use uuid::Uuid;

/// How many failures are kept with their text.
const KEPT_FAILURES: usize = 5;
/// How long the last calls may take: longer than the client's own deadline.
const LAST_CALLS: Duration = Duration::from_secs(40);

/// What the callers do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) callers: usize,
    /// Between two calls of one caller. Nothing: at once.
    pub(crate) pause: Duration,
    /// Whether every third call is a write.
    pub(crate) writes: bool,
}

/// A call that succeeded.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    /// When, on the monotonic clock.
    pub(crate) at: Duration,
    pub(crate) is_write: bool,
    /// All its attempts carried this one.
    pub(crate) request_id: String,
    pub(crate) attempts: u32,
}

/// What came of calls.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    times: Vec<Duration>,
    answered: Vec<Answered>,
    failures: usize,
    first_failures: Vec<String>,
    /// Attempts beyond the first of each call.
    retries: u64,
    /// When the failed calls began, on the monotonic clock: the first one and the last one.
    failed_between: Option<(Duration, Duration)>,
}

/// What was last written to a participation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    /// By the write that was acknowledged last.
    pub(crate) acknowledged: Option<String>,
    /// By later writes that failed: whether they were carried out is not known.
    pub(crate) uncertain: Vec<String>,
}

/// What was written, by participation.
pub(crate) type Results = HashMap<String, Written>;

/// Callers that go on until they are stopped.
#[derive(Debug)]
pub(crate) struct Load {
    shared: Arc<Shared>,
    callers: JoinSet<()>,
}

#[derive(Debug, Default)]
struct Shared {
    /// What its writes have in their texts, and those of other loads have not.
    mark: String,
    stopped: AtomicBool,
    tally: Mutex<Tally>,
    results: Mutex<Results>,
}

impl Load {
    /// Starts the callers. Each writes to a participation of its own.
    pub(crate) fn start(client: &HemeraClient, participations: &[ParticipationId], kind: Kind) -> Self {
        let mark = Uuid::new_v4().simple().to_string();
        let shared = Arc::new(Shared {
            mark: mark[..8].to_owned(),
            ..Shared::default()
        });
        let mut callers = JoinSet::new();
        for (number, id) in participations.iter().cycle().take(kind.callers).enumerate() {
            let caller = Caller {
                shared: Arc::clone(&shared),
                client: client.clone(),
                id: id.clone(),
                number,
                kind,
            };
            callers.spawn(caller.run());
        }
        Self { shared, callers }
    }

    /// What came of the calls so far.
    pub(crate) fn tally(&self) -> Tally {
        held(&self.shared.tally).clone()
    }

    /// How many calls have ended so far.
    pub(crate) fn calls(&self) -> usize {
        held(&self.shared.tally).calls()
    }

    /// Lets each caller end its call, and gives what came of all.
    pub(crate) async fn stop(mut self) -> anyhow::Result<(Tally, Results)> {
        self.shared.stopped.store(true, Ordering::Relaxed);
        let ended = async { while self.callers.join_next().await.is_some() {} };
        tokio::time::timeout(LAST_CALLS, ended)
            .await
            .context("a call of aither-client goes on past its deadline")?;
        Ok((self.tally(), held(&self.shared.results).clone()))
    }
}

struct Caller {
    shared: Arc<Shared>,
    client: HemeraClient,
    id: ParticipationId,
    number: usize,
    kind: Kind,
}

impl Caller {
    async fn run(self) {
        for turn in 0_usize.. {
            if self.shared.stopped.load(Ordering::Relaxed) {
                return;
            }
            let began = SystemClock.now();
            let is_write = turn % 3 == 1 && self.kind.writes;
            let outcome = if is_write {
                self.write(turn).await
            } else if turn.is_multiple_of(3) {
                let read = self.client.service_participation(&self.id).await;
                read.map(|response| response.info().clone())
            } else {
                let read = self.client.service_courses(&CourseQuery::default()).await;
                read.map(|response| response.info().clone())
            };
            let took = SystemClock.now().since(began);
            held(&self.shared.tally).note_call(began.monotonic, took, is_write, outcome);
            tokio::time::sleep(self.kind.pause).await;
        }
    }

    async fn write(&self, turn: usize) -> Result<CallInfo, Error> {
        let text = format!("load {}, caller {}, turn {turn}", self.shared.mark, self.number);
        // The text is a valid one; an empty update would be refused, and seen as a failure.
        let update = ResultUpdate::default()
            .with_notes(text.clone())
            .unwrap_or_default();
        let outcome = self
            .client
            .update_service_participation_result(&self.id, &update, None)
            .await;
        let mut results = held(&self.shared.results);
        let written = results.entry(self.id.as_str().to_owned()).or_default();
        if outcome.is_ok() {
            written.acknowledged = Some(text);
            written.uncertain.clear();
        } else {
            written.uncertain.push(text);
        }
        outcome.map(|response| response.info().clone())
    }
}

impl Tally {
    /// Attempts beyond the first of each call.
    pub(crate) fn retries(&self) -> u64 {
        self.retries
    }

    /// When failed calls began, on the monotonic clock: the first one and the last one.
    pub(crate) fn failed_between(&self) -> Option<(Duration, Duration)> {
        self.failed_between
    }

    /// Notes one call.
    pub(crate) fn note(&mut self, took: Duration, failure: Option<impl ToString>) {
        self.times.push(took);
        self.fail(failure);
    }

    /// Notes one call of `aither-client`, with all its attempts.
    fn note_call(
        &mut self,
        began: Duration,
        took: Duration,
        is_write: bool,
        outcome: Result<CallInfo, Error>,
    ) {
        self.times.push(took);
        let attempts = match &outcome {
            Ok(info) => info.attempts,
            Err(error) => error.attempts(),
        };
        self.retries += u64::from(attempts.saturating_sub(1));
        match outcome {
            Ok(info) => self.answered.push(Answered {
                at: SystemClock.now().monotonic,
                is_write,
                request_id: info.request_id.to_string(),
                attempts,
            }),
            Err(error) => {
                let (first, last) = self.failed_between.unwrap_or((began, began));
                self.failed_between = Some((first.min(began), last.max(began)));
                self.fail(Some(error));
            }
        }
    }

    fn fail(&mut self, failure: Option<impl ToString>) {
        if let Some(failure) = failure {
            self.failures += 1;
            if self.first_failures.len() < KEPT_FAILURES {
                self.first_failures.push(failure.to_string());
            }
        }
    }

    pub(crate) fn calls(&self) -> usize {
        self.times.len()
    }

    /// The calls that succeeded.
    pub(crate) fn answered(&self) -> &[Answered] {
        &self.answered
    }

    pub(crate) fn failures(&self) -> usize {
        self.failures
    }

    pub(crate) fn longest(&self) -> Duration {
        self.times.iter().max().copied().unwrap_or_default()
    }

    /// The time that this many of a thousand calls stay below.
    pub(crate) fn quantile(&self, per_mille: usize) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        let index = (times.len() * per_mille / 1000).min(times.len().saturating_sub(1));
        times.get(index).copied().unwrap_or_default()
    }

    /// Calls and failures in words, with the first failure.
    pub(crate) fn sentence(&self) -> String {
        let mut text = format!("{} calls, {} failed", self.calls(), self.failures);
        if let Some(first) = self.first_failures.first() {
            text.push_str("; first: ");
            text.push_str(first);
        }
        text
    }
}

/// The lock's content also after another task's panic.
fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
