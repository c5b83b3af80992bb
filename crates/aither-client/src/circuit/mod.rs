//! The circuit: calls to a server that keeps failing end at once, and one of them looks from time to
//! time whether it is back.
//!
//! It spares the callers their deadlines and the server a crowd at the moment when it comes back.

pub(crate) mod breaker;
mod policy;

use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tracing::{info, warn};

use breaker::{Breaker, Change, Leave};
pub(crate) use breaker::{Met, Refused};
pub use policy::CircuitPolicy;

/// Whether calls are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CircuitState {
    /// As usual.
    Closed,
    /// Hemera failed several times in a row: calls end at once.
    Open {
        /// Until one call is sent again, to see whether Hemera is back. Zero: the next call is the one.
        probe_in: Duration,
    },
    /// That one call is under way.
    Probing,
}

/// The circuit of a client and all its clones.
#[derive(Debug)]
pub(crate) struct Circuit {
    breaker: Mutex<Breaker>,
    clock: Arc<dyn Clock>,
    changed: Notify,
}

impl Circuit {
    /// `None` makes one that never opens.
    pub(crate) fn new(policy: Option<CircuitPolicy>, clock: Arc<dyn Clock>) -> Self {
        Self {
            breaker: Mutex::new(Breaker::new(policy)),
            clock,
            changed: Notify::new(),
        }
    }

    /// Leave for one attempt.
    pub(crate) fn enter(&self) -> Result<Passage<'_>, Refused> {
        let now = self.now();
        let leave = self.change(|breaker| breaker.enter(now))?;
        Ok(Passage {
            circuit: self,
            leave: Some(leave),
        })
    }

    /// Whether an attempt would be refused now.
    pub(crate) fn refusal(&self) -> Option<Refused> {
        let now = self.now();
        self.breaker.lock().refusal(now)
    }

    /// Completes once attempts are refused.
    pub(crate) async fn refuses(&self) -> Refused {
        self.when(Self::refusal).await
    }

    /// Completes once no probe is under way.
    pub(crate) async fn probed(&self) {
        self.when(|circuit| {
            let is_probing = circuit.refusal().is_some_and(|refused| refused.is_probing);
            (!is_probing).then_some(())
        })
        .await;
    }

    pub(crate) fn state(&self) -> CircuitState {
        match self.refusal() {
            Some(refused) if refused.is_probing => CircuitState::Probing,
            Some(refused) => CircuitState::Open {
                probe_in: refused.wait,
            },
            None if self.breaker.lock().is_closed() => CircuitState::Closed,
            None => CircuitState::Open {
                probe_in: Duration::ZERO,
            },
        }
    }

    async fn when<T>(&self, read: impl Fn(&Self) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Before reading, or a change in between would go unnoticed.
            changed.as_mut().enable();
            if let Some(read) = read(self) {
                return read;
            }
            changed.await;
        }
    }

    fn report(&self, leave: Leave, met: Met) {
        let now = self.now();
        match self.change(|breaker| breaker.report(leave, met, now)) {
            Some(Change::Opened { failures, pause }) => warn!(
                failures,
                probe_in_ms = pause.as_millis(),
                "Hemera keeps failing; calls end at once until it answers again"
            ),
            Some(Change::ProbeFailed { pause }) => {
                info!(probe_in_ms = pause.as_millis(), "Hemera still fails");
            }
            Some(Change::Closed) => info!("Hemera answers again; calls are sent as usual"),
            None => {}
        }
    }

    /// Lets the breaker do something, and wakes those who wait for a change of its state.
    fn change<T>(&self, change: impl FnOnce(&mut Breaker) -> T) -> T {
        let (result, has_turned) = {
            let mut breaker = self.breaker.lock();
            let before = breaker.epoch();
            let result = change(&mut breaker);
            (result, breaker.epoch() != before)
        };
        if has_turned {
            self.changed.notify_waiters();
        }
        result
    }

    fn now(&self) -> Duration {
        self.clock.now().monotonic
    }
}

/// Leave for one attempt, to be given back with what it met.
#[derive(Debug)]
pub(crate) struct Passage<'a> {
    circuit: &'a Circuit,
    leave: Option<Leave>,
}

impl Passage<'_> {
    pub(crate) fn report(mut self, met: Met) {
        if let Some(leave) = self.leave.take() {
            self.circuit.report(leave, met);
        }
    }
}

/// A caller who goes away has learnt nothing; where it was the probe, another may follow.
impl Drop for Passage<'_> {
    fn drop(&mut self) {
        if let Some(leave) = self.leave.take() {
            self.circuit.report(leave, Met::Nothing);
        }
    }
}
