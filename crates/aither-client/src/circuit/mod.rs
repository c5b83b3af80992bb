//! The circuit breaker: while a server keeps failing, calls are not sent, and one call from time to time checks whether the
//! server is back.
//!
//! This spares callers from waiting until their deadlines, and the server from a crowd at the moment it comes back.

mod breaker;
mod policy;

use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tracing::{info, warn};

use crate::metrics::{Event, Metrics};
use breaker::{Breaker, Change, Permit};
pub(crate) use breaker::{Outcome, Refusal};
pub use policy::CircuitPolicy;

/// Whether calls are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CircuitState {
    /// Calls are sent as usual.
    Closed,
    /// Hemera failed several times in a row: calls end, immediately or after a short wait for the probe.
    Open {
        /// How long until one call is sent to check whether Hemera is back. Zero: the next call is sent.
        probe_in: Duration,
    },
    /// That one call is in progress.
    Probing,
}

/// The circuit of a client and all its clones.
#[derive(Debug)]
pub(crate) struct Circuit {
    breaker: Mutex<Breaker>,
    clock: Arc<dyn Clock>,
    changed: Notify,
    longest_wait: Duration,
    metrics: Metrics,
}

impl Circuit {
    /// A circuit that never opens if `policy` is `None`.
    pub(crate) fn new(policy: Option<CircuitPolicy>, clock: Arc<dyn Clock>, metrics: Metrics) -> Self {
        Self {
            breaker: Mutex::new(Breaker::new(policy)),
            clock,
            changed: Notify::new(),
            longest_wait: policy.map_or(Duration::ZERO, |policy| policy.longest_wait),
            metrics,
        }
    }

    /// How long a new call may wait in total for a probe and its outcome.
    pub(crate) const fn longest_wait(&self) -> Duration {
        self.longest_wait
    }

    /// A permit for one attempt.
    pub(crate) fn acquire(&self) -> Result<PermitGuard<'_>, Refusal> {
        let now = self.now();
        let permit = self.update(|breaker| breaker.acquire(now))?;
        Ok(PermitGuard {
            circuit: self,
            permit: Some(permit),
        })
    }

    /// Whether an attempt would be refused now.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        let now = self.now();
        self.breaker.lock().refusal(now)
    }

    /// Completes when attempts are refused.
    pub(crate) async fn until_refusing(&self) -> Refusal {
        self.until(Self::refusal).await
    }

    /// Completes when no probe is in progress.
    pub(crate) async fn until_probed(&self) {
        self.until(|circuit| {
            let is_probing = circuit.refusal().is_some_and(|refusal| refusal.is_probing);
            (!is_probing).then_some(())
        })
        .await;
    }

    pub(crate) fn state(&self) -> CircuitState {
        match self.refusal() {
            Some(refusal) if refusal.is_probing => CircuitState::Probing,
            Some(refusal) => CircuitState::Open {
                probe_in: refusal.wait,
            },
            None if self.breaker.lock().is_closed() => CircuitState::Closed,
            None => CircuitState::Open {
                probe_in: Duration::ZERO,
            },
        }
    }

    async fn until<T>(&self, read: impl Fn(&Self) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Enabled before reading: a change in between would otherwise be missed.
            changed.as_mut().enable();
            if let Some(value) = read(self) {
                return value;
            }
            changed.await;
        }
    }

    fn record(&self, permit: Permit, outcome: Outcome) {
        let now = self.now();
        let change = self.update(|breaker| breaker.record(permit, outcome, now));
        if let Some(change) = change {
            let change = change.word();
            self.metrics.note(Event::Circuit { change });
        }
        match change {
            Some(Change::Opened { failures, pause }) => warn!(
                failures,
                probe_in_ms = pause.as_millis(),
                "Hemera keeps failing; calls end without being sent until it answers again"
            ),
            Some(Change::ProbeFailed { pause }) => {
                info!(probe_in_ms = pause.as_millis(), "Hemera still fails");
            }
            Some(Change::Closed) => info!("Hemera answers again; calls are sent as usual"),
            None => {}
        }
    }

    /// Updates the breaker, and wakes the callers that wait for a change of its state.
    fn update<T>(&self, update: impl FnOnce(&mut Breaker) -> T) -> T {
        let (result, has_changed) = {
            let mut breaker = self.breaker.lock();
            let before = breaker.epoch();
            let result = update(&mut breaker);
            (result, breaker.epoch() != before)
        };
        if has_changed {
            self.changed.notify_waiters();
        }
        result
    }

    fn now(&self) -> Duration {
        self.clock.now().monotonic
    }
}

/// The permit for one attempt, given back with the attempt's outcome.
#[derive(Debug)]
pub(crate) struct PermitGuard<'a> {
    circuit: &'a Circuit,
    permit: Option<Permit>,
}

impl PermitGuard<'_> {
    pub(crate) fn record(mut self, outcome: Outcome) {
        if let Some(permit) = self.permit.take() {
            self.circuit.record(permit, outcome);
        }
    }
}

/// A caller that was cancelled has learned nothing; if it made the probe, another may follow.
impl Drop for PermitGuard<'_> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.circuit.record(permit, Outcome::Unknown);
        }
    }
}
