//! One time budget for a call, from which attempts, waits and token requests all subtract.

use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;

use crate::time_spent::TimeSpent;

/// When a call must end, and what it has spent its time on so far. Measured on the monotonic clock: a correction of the
/// wall clock neither ends calls nor lengthens them.
#[derive(Debug)]
pub(crate) struct Deadline {
    clock: Arc<dyn Clock>,
    budget: Duration,
    started: Duration,
    /// The time up to here is accounted for.
    accounted: Duration,
    spent: TimeSpent,
}

/// What a call spends its time on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Pacing,
    Token,
    Attempt,
    Retry,
}

impl Deadline {
    /// A deadline that ends `budget` from now.
    pub(crate) fn new(clock: Arc<dyn Clock>, budget: Duration) -> Self {
        let started = clock.now().monotonic;
        Self {
            clock,
            budget,
            started,
            accounted: started,
            spent: TimeSpent::default(),
        }
    }

    /// The rest of the budget; zero after the deadline.
    pub(crate) fn left(&self) -> Duration {
        let elapsed = self.clock.now().monotonic.saturating_sub(self.started);
        self.budget.saturating_sub(elapsed)
    }

    /// The whole budget.
    pub(crate) const fn budget(&self) -> Duration {
        self.budget
    }

    /// Counts the time since the previous call of this function as spent on `purpose`.
    pub(crate) fn account(&mut self, purpose: Purpose) {
        let now = self.clock.now().monotonic;
        let time = now.saturating_sub(self.accounted);
        self.accounted = now;
        let part = match purpose {
            Purpose::Pacing => &mut self.spent.pacing,
            Purpose::Token => &mut self.spent.token,
            Purpose::Attempt => &mut self.spent.attempts,
            Purpose::Retry => &mut self.spent.retries,
        };
        *part = part.saturating_add(time);
    }

    pub(crate) const fn spent(&self) -> TimeSpent {
        self.spent
    }
}
