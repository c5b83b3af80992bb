//! What the clones of a cell and its flight share: the machine behind a lock, and its view in front of it.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use parking_lot::Mutex;
use tokio::sync::{Notify, futures::Notified};

use crate::{
    Clock, Generation, Held, Load, Loaded, Moment, Policy, Unavailable,
    state::{Answer, Failure, Landing, Machine, Step},
    view::View,
};

/// What a caller gets.
pub(crate) type CellResult<L> = Result<Held<<L as Load>::Value>, Unavailable<<L as Load>::Error>>;

/// The shared part of one cell.
pub(crate) struct Core<L: Load> {
    pub(crate) load: L,
    pub(crate) policy: Policy,
    /// The last clone of the cell is gone.
    pub(crate) abandoned: Arc<Notify>,
    clock: Arc<dyn Clock>,
    /// Kept in step with the machine, under its lock; read without it.
    view: ArcSwapOption<View<L::Value>>,
    machine: Mutex<Machine<L::Value, L::Error>>,
    landed: Notify,
}

/// What a caller does next.
pub(crate) enum Next<'a, L: Load> {
    /// Return this.
    Answer(CellResult<L>),
    /// Wait for this, then settle.
    AfterLanding(Notified<'a>),
}

impl<L: Load> Core<L> {
    pub(crate) fn new(load: L, policy: Policy, clock: Arc<dyn Clock>, abandoned: Arc<Notify>) -> Self {
        Self {
            load,
            policy,
            abandoned,
            clock,
            view: ArcSwapOption::empty(),
            machine: Mutex::new(Machine::new(policy)),
            landed: Notify::new(),
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// The value, where it may be served and no load is due. Takes no lock.
    pub(crate) fn serve(&self, now: Moment) -> Option<Held<L::Value>> {
        self.view.load().as_ref().and_then(|view| view.serve(now))
    }

    /// The value while its life lasts. Takes no lock.
    pub(crate) fn peek(&self) -> Option<Held<L::Value>> {
        let now = self.now();
        self.view.load().as_ref().and_then(|view| view.peek(now))
    }

    /// Drops the value if it is of this generation.
    pub(crate) fn invalidate(&self, generation: Generation) {
        let now = self.now();
        let mut machine = self.machine.lock();
        if machine.invalidate(generation, now) {
            self.publish(&machine);
        }
    }

    /// One event: what the caller does next, and whether a flight must be launched. Its claim is made: a caller that
    /// gets `true` must launch.
    pub(crate) fn apply(
        &self,
        event: impl FnOnce(&mut Machine<L::Value, L::Error>, f64) -> Step<L::Value, L::Error>,
    ) -> (Next<'_, L>, bool) {
        let mut machine = self.machine.lock();
        let Step { answer, launch } = event(&mut machine, rand::random());
        if launch {
            self.publish(&machine);
        }
        let next = match answer {
            Answer::Serve(held) => Next::Answer(Ok(held)),
            Answer::Refuse(unavailable) => Next::Answer(Err(unavailable)),
            // Created under the lock: no landing can slip in between.
            Answer::Wait => Next::AfterLanding(self.landed.notified()),
        };
        (next, launch)
    }

    /// The end of a flight.
    pub(crate) fn land(&self, outcome: Result<Loaded<L::Value>, Failure<L::Error>>) {
        let now = self.clock.now();
        let mut machine = self.machine.lock();
        let landing = machine.land(outcome, now, rand::random());
        self.publish(&machine);
        drop(machine);
        self.landed.notify_waiters();
        log(self.load.what(), &landing);
    }

    /// Holds the lock, so that a test can see who wants it.
    #[cfg(test)]
    pub(crate) fn lock(&self) -> impl Drop + '_ {
        self.machine.lock()
    }

    fn publish(&self, machine: &Machine<L::Value, L::Error>) {
        self.view.store(machine.view().map(Arc::new));
    }
}

/// A failure that no caller waited for is a warning, because no other place reports it; an interruption is how a
/// process ends.
fn log<E: std::error::Error>(what: &'static str, landing: &Landing<E>) {
    let Some(failed) = &landing.failed else {
        return tracing::debug!(what, "loaded");
    };
    let cause = failed.failure().map(tracing::field::display);
    if landing.awaited || matches!(failed, Unavailable::Interrupted { .. }) {
        tracing::debug!(what, error = %failed, cause, "load failed");
    } else {
        tracing::warn!(what, error = %failed, cause, "load failed; the value held serves while it lives");
    }
}
