//! One budget of time per call, from which attempts, waits and token fetches all subtract.

use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;

/// When a call must be over. On the monotonic clock: a correction of the wall clock neither kills
/// calls nor keeps them alive.
#[derive(Debug)]
pub(crate) struct Deadline {
    clock: Arc<dyn Clock>,
    at: Duration,
}

impl Deadline {
    /// A deadline `budget` from now.
    pub(crate) fn new(clock: Arc<dyn Clock>, budget: Duration) -> Self {
        let at = clock.now().monotonic.saturating_add(budget);
        Self { clock, at }
    }

    /// What is left of the budget; zero once it is spent.
    pub(crate) fn left(&self) -> Duration {
        self.at.saturating_sub(self.clock.now().monotonic)
    }
}
