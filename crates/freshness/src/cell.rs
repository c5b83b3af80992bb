//! The cell: the machine behind a lock, its view in front of it, and the flights it launches.

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use arc_swap::ArcSwapOption;
use parking_lot::Mutex;
use tokio::sync::{Notify, futures::Notified};

use crate::{
    Clock, Generation, Held, Load, Loaded, Policy, Unavailable, flight,
    state::{Answer, Failure, Landing, Machine, Step},
    view::View,
};

/// What a caller gets.
type Got<L> = Result<Held<<L as Load>::Value>, Unavailable<<L as Load>::Error>>;

/// One value that stays fresh while somebody demands it.
///
/// A clone is the same cell. No task runs between flights; when the last clone is dropped, a flight in the air
/// is aborted at its next await. The crate's front page has the rules.
pub struct Cell<L: Load> {
    core: Arc<Core<L>>,
    /// Shared by the clones and not by the flight: with the last of them the flight ends.
    lease: Arc<Lease>,
}

/// What the clones of a cell and its flight share.
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

struct Lease {
    abandoned: Arc<Notify>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        // Stores a permit, so a flight that has not been polled yet sees it too.
        self.abandoned.notify_one();
    }
}

impl<L: Load> Cell<L> {
    /// An empty cell. Nothing is loaded, and no task is started, until somebody demands the value.
    pub fn new(load: L, policy: Policy, clock: Arc<dyn Clock>) -> Self {
        let abandoned = Arc::new(Notify::new());
        let core = Core {
            load,
            policy,
            abandoned: Arc::clone(&abandoned),
            clock,
            view: ArcSwapOption::empty(),
            machine: Mutex::new(Machine::new(policy)),
            landed: Notify::new(),
        };
        Self {
            core: Arc::new(core),
            lease: Arc::new(Lease { abandoned }),
        }
    }

    /// The value. A fresh one is returned without a lock, an allocation or a wait; an aging one too, while one
    /// flight refreshes it in the background; otherwise this waits for the one flight that all callers share.
    ///
    /// Dropping the future ends this caller's waiting and nothing else.
    ///
    /// # Errors
    /// [`Unavailable`] where there is no usable value and none could be had. A failure is remembered for one
    /// cool-down, so a thousand demands in that time cost one load.
    pub async fn get(&self) -> Got<L> {
        let now = self.core.clock.now();
        if let Some(view) = &*self.core.view.load()
            && let Some(held) = view.serve(now)
        {
            return Ok(held);
        }
        self.ask(|machine, roll| machine.demand(now, roll)).await
    }

    /// The value while its life lasts, without waiting and without causing a load.
    pub fn peek(&self) -> Option<Held<L::Value>> {
        let now = self.core.clock.now();
        self.core.view.load().as_ref().and_then(|view| view.peek(now))
    }

    /// Loads the value before the first demand, so that no caller has to wait for it.
    ///
    /// # Errors
    /// As [`Cell::get`]. Nothing is lost by it: the first demand after the cool-down tries again.
    pub async fn warm(&self) -> Result<(), Unavailable<L::Error>> {
        self.get().await.map(drop)
    }

    /// The value of this generation is known to be bad: it is never served again, not even within its grace. A
    /// newer one is left alone, also one that is in the air.
    ///
    /// The next demand may load at once, without waiting for the cool-down; but invalidations that follow each
    /// other closely get one such load per cool-down between them, and none before a time that the other side
    /// asked for ([`Load::wait_after`]).
    pub fn invalidate(&self, generation: Generation) {
        let now = self.core.clock.now();
        let mut machine = self.core.machine.lock();
        if machine.invalidate(generation, now) {
            self.core.publish(&machine);
        }
    }

    /// Something newer than `seen`, if the policy's renewal window allows a load (or one is in the air, which
    /// this then waits for); otherwise what there is. The present value keeps serving all the while, and after a
    /// failure too.
    ///
    /// This is for a value that may be incomplete rather than bad: a key set that lacks a key id.
    ///
    /// # Errors
    /// As [`Cell::get`], only where there is no usable value.
    pub async fn renew(&self, seen: Generation) -> Got<L> {
        let now = self.core.clock.now();
        self.ask(|machine, roll| machine.renew(seen, now, roll)).await
    }

    /// Puts an event to the machine and sees it through to an answer.
    async fn ask(
        &self,
        event: impl FnOnce(&mut Machine<L::Value, L::Error>, f64) -> Step<L::Value, L::Error>,
    ) -> Got<L> {
        let mut next = self.core.consult(event);
        loop {
            match next {
                Next::Answer(got) => return got,
                Next::AfterLanding(landed) => landed.await,
            }
            let now = self.core.clock.now();
            next = self.core.consult(|machine, roll| machine.settle(now, roll));
        }
    }
}

/// What a caller does next.
enum Next<'a, L: Load> {
    /// Go home with this.
    Answer(Got<L>),
    /// Wait for this, then settle.
    AfterLanding(Notified<'a>),
}

impl<L: Load> Core<L> {
    /// One event. What it decides is visible to all before the flight it asks for is launched.
    fn consult(
        self: &Arc<Self>,
        event: impl FnOnce(&mut Machine<L::Value, L::Error>, f64) -> Step<L::Value, L::Error>,
    ) -> Next<'_, L> {
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
        drop(machine);
        // After the lock: a runtime that is shutting down drops the task, and thereby lands it, right here.
        if launch {
            flight::launch(self);
        }
        next
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

    fn publish(&self, machine: &Machine<L::Value, L::Error>) {
        self.view.store(machine.view().map(Arc::new));
    }
}

/// A failure that nobody waited for would otherwise be known to nobody. An interruption is how a process ends.
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

impl<L: Load> Clone for Cell<L> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            lease: Arc::clone(&self.lease),
        }
    }
}

/// Says what is held, never the value: it may be a secret.
impl<L: Load> fmt::Debug for Cell<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cell")
            .field("what", &self.core.load.what())
            .field("generation", &self.peek().map(|held| held.generation))
            .finish_non_exhaustive()
    }
}
