//! One budget of time per call, from which attempts, waits and token fetches all subtract.

use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;

use crate::time_spent::TimeSpent;

/// When a call must be over, and where its time has gone so far. On the monotonic clock: a correction
/// of the wall clock neither kills calls nor keeps them alive.
#[derive(Debug)]
pub(crate) struct Deadline {
    clock: Arc<dyn Clock>,
    budget: Duration,
    began: Duration,
    /// Up to here the time is accounted for.
    accounted: Duration,
    spent: TimeSpent,
}

/// What a call's time goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Pacing,
    Token,
    Attempt,
    Retry,
}

impl Deadline {
    /// A deadline `budget` from now.
    pub(crate) fn new(clock: Arc<dyn Clock>, budget: Duration) -> Self {
        let began = clock.now().monotonic;
        Self {
            clock,
            budget,
            began,
            accounted: began,
            spent: TimeSpent::default(),
        }
    }

    /// What is left of the budget; zero once it is spent.
    pub(crate) fn left(&self) -> Duration {
        let gone = self.clock.now().monotonic.saturating_sub(self.began);
        self.budget.saturating_sub(gone)
    }

    /// All of it.
    pub(crate) const fn budget(&self) -> Duration {
        self.budget
    }

    /// Puts the time since the last time this was called down to `purpose`.
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
