//! One shared load, in a task of its own: it outlives the callers that give up, and it ends at its deadline or
//! with its cell, whichever comes first.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt as _;
use tokio::runtime::Handle;
use tracing::Instrument as _;

use crate::{Load, Loaded, core::Core, state::Failure};

/// How a load ended.
type Outcome<L> = Result<Loaded<<L as Load>::Value>, Failure<<L as Load>::Error>>;

/// Sends the load whose claim the machine has made. Never fails: what cannot even start has failed as a load.
pub(crate) fn launch<L: Load>(core: &Arc<Core<L>>) {
    let guard = FlightGuard {
        core: Some(Arc::clone(core)),
    };
    // A root span: the flight serves many callers and may end long after the one that caused it.
    let span = tracing::debug_span!(parent: None, "freshness.flight.load", what = core.load.what());
    // Without a runtime `guard` is dropped here and lands as interrupted.
    if let Ok(runtime) = Handle::try_current() {
        drop(runtime.spawn(fly(guard).instrument(span)));
    }
}

async fn fly<L: Load>(guard: FlightGuard<L>) {
    let Some(core) = guard.core.clone() else { return };
    tokio::select! {
        biased;
        // Its cell is gone, so no caller can ever see what it would bring: the load is dropped where it stands.
        () = core.abandoned.notified() => guard.abandon(),
        outcome = attempt(&core) => guard.land(outcome),
    }
}

/// One load with its deadline; a panic in it is a failure like any other.
async fn attempt<L: Load>(core: &Core<L>) -> Outcome<L> {
    let load = AssertUnwindSafe(async {
        core.load.load().await.map_err(|error| Failure::Failed {
            asked: core.load.wait_after(&error),
            source: Arc::new(error),
        })
    });
    match tokio::time::timeout(core.policy.flight_deadline(), load.catch_unwind()).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_panic)) => Err(Failure::Panicked),
        Err(_elapsed) => Err(Failure::TimedOut),
    }
}

/// A flight that has not landed. Dropping it lands it as interrupted, so that no end of a task, not even that of
/// its runtime, leaves a cell waiting.
struct FlightGuard<L: Load> {
    core: Option<Arc<Core<L>>>,
}

impl<L: Load> FlightGuard<L> {
    fn land(mut self, outcome: Outcome<L>) {
        if let Some(core) = self.core.take() {
            core.land(outcome);
        }
    }

    /// Ends it without a landing: no caller is left to see one.
    fn abandon(mut self) {
        self.core = None;
    }
}

impl<L: Load> Drop for FlightGuard<L> {
    fn drop(&mut self) {
        if let Some(core) = self.core.take() {
            core.land(Err(Failure::Interrupted));
        }
    }
}
