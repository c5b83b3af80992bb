//! The cell: what callers hold, and the flights that it launches for them.

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use tokio::sync::Notify;

use crate::{
    Clock, Generation, Held, Load, Policy, Unavailable,
    core::{CellResult, Core, Next},
    flight,
    state::{Machine, Step},
};

/// One value that stays fresh while callers demand it.
///
/// A clone is the same cell. No task runs between flights; when the last clone is dropped, a flight under way
/// is aborted at its next await. The crate's front page has the rules.
pub struct Cell<L: Load> {
    core: Arc<Core<L>>,
    /// Shared by the clones and not by the flight: with the last of them the flight ends.
    lease: Arc<Lease>,
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
    /// An empty cell. Nothing is loaded, and no task is started, until a caller demands the value.
    pub fn new(load: L, policy: Policy, clock: Arc<dyn Clock>) -> Self {
        let abandoned = Arc::new(Notify::new());
        Self {
            core: Arc::new(Core::new(load, policy, clock, Arc::clone(&abandoned))),
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
    pub async fn get(&self) -> CellResult<L> {
        let now = self.core.now();
        if let Some(held) = self.core.serve(now) {
            return Ok(held);
        }
        self.ask(|machine, roll| machine.demand(now, roll)).await
    }

    /// The value while its life lasts, without waiting and without causing a load.
    pub fn peek(&self) -> Option<Held<L::Value>> {
        self.core.peek()
    }

    /// Loads the value before the first demand, so that no caller has to wait for it.
    ///
    /// # Errors
    /// As [`Cell::get`]. Nothing is lost by it: the first demand after the cool-down tries again.
    pub async fn warm(&self) -> Result<(), Unavailable<L::Error>> {
        self.get().await.map(drop)
    }

    /// The value of this generation is known to be bad: it is never served again, not even within its grace. A
    /// newer one is left alone, also one that is under way.
    ///
    /// The next demand may load immediately, without waiting for the cool-down; but invalidations that follow each
    /// other closely get one such load per cool-down between them, and none before a time that the other side
    /// asked for ([`Load::wait_after`]).
    pub fn invalidate(&self, generation: Generation) {
        self.core.invalidate(generation);
    }

    /// Something newer than `seen`, if the policy's renewal window allows a load (or one is under way, which
    /// this then waits for); otherwise what there is. The present value keeps serving all the while, and after a
    /// failure too.
    ///
    /// This is for a value that may be incomplete rather than bad: a key set that lacks a key id.
    ///
    /// # Errors
    /// As [`Cell::get`], only where there is no usable value.
    pub async fn renew(&self, seen: Generation) -> CellResult<L> {
        let now = self.core.now();
        self.ask(|machine, roll| machine.renew(seen, now, roll)).await
    }

    /// Puts an event to the machine and sees it through to an answer.
    async fn ask(
        &self,
        event: impl FnOnce(&mut Machine<L::Value, L::Error>, f64) -> Step<L::Value, L::Error>,
    ) -> CellResult<L> {
        let mut next = self.decide(event);
        loop {
            match next {
                Next::Answer(got) => return got,
                Next::AfterLanding(landed) => landed.await,
            }
            let now = self.core.now();
            next = self.decide(|machine, roll| machine.settle(now, roll));
        }
    }

    /// One event. What it decides is visible to all callers before the flight it asks for is launched.
    fn decide(
        &self,
        event: impl FnOnce(&mut Machine<L::Value, L::Error>, f64) -> Step<L::Value, L::Error>,
    ) -> Next<'_, L> {
        let (next, launch) = self.core.apply(event);
        // Not under the core's lock: a runtime that is shutting down drops the task, and thereby lands it, right here.
        if launch {
            flight::launch(&self.core);
        }
        next
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
