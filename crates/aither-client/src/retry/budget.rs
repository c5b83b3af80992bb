//! The budget of retries: when a server fails, trying again must not multiply what it has to bear.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;
use parking_lot::Mutex;
use tracing::warn;

use crate::gcra::Cell;

/// How many attempts may be repetitions, for all clones of a client together.
///
/// In any time: `reserve`, and as many again each minute, and `percent` of the calls made. A call that
/// would be tried again when the budget is spent ends with what its last attempt met. A 429 draws on
/// nothing: the gate spaces what comes after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryBudget {
    percent: u32,
    reserve: NonZeroU32,
}

impl RetryBudget {
    /// `percent` retries for each hundred calls, besides `reserve` at once and a minute.
    pub const fn new(percent: u32, reserve: NonZeroU32) -> Self {
        Self { percent, reserve }
    }
}

/// One retry for five calls, besides ten at once and a minute.
impl Default for RetryBudget {
    fn default() -> Self {
        const RESERVE: NonZeroU32 = NonZeroU32::new(10).unwrap();
        Self::new(20, RESERVE)
    }
}

/// What is left of a budget: pure, no clock.
#[derive(Debug)]
pub(crate) struct Purse {
    percent: u32,
    cell: Cell,
    seen: Duration,
}

impl Purse {
    pub(crate) fn new(budget: RetryBudget) -> Self {
        Self {
            percent: budget.percent,
            cell: Cell::new(Duration::from_mins(1) / budget.reserve.get(), budget.reserve),
            seen: Duration::ZERO,
        }
    }

    /// A call pays in.
    pub(crate) fn earn(&mut self) {
        self.cell.give_back(self.percent);
    }

    /// Takes one retry, if there is one.
    pub(crate) fn spend(&mut self, now: Duration) -> bool {
        self.seen = self.seen.max(now);
        let is_there = self.cell.next() <= self.seen;
        if is_there {
            self.cell.take(self.seen);
        }
        is_there
    }

    pub(crate) fn left(&self, now: Duration) -> u32 {
        self.cell.free(self.seen.max(now))
    }
}

/// The purse that the clones of a client share.
#[derive(Debug)]
pub(crate) struct Retries {
    /// `None`: as many as each call may.
    state: Option<Mutex<State>>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct State {
    purse: Purse,
    is_spent: bool,
}

impl Retries {
    pub(crate) fn new(budget: Option<RetryBudget>, clock: Arc<dyn Clock>) -> Self {
        let state = budget.map(|budget| {
            Mutex::new(State {
                purse: Purse::new(budget),
                is_spent: false,
            })
        });
        Self { state, clock }
    }

    /// A call begins.
    pub(crate) fn earn(&self) {
        if let Some(state) = &self.state {
            state.lock().purse.earn();
        }
    }

    /// Takes one retry, if there is one.
    pub(crate) fn spend(&self) -> bool {
        let Some(state) = &self.state else {
            return true;
        };
        let now = self.clock.now().monotonic;
        let (is_there, was_spent) = {
            let mut state = state.lock();
            let is_there = state.purse.spend(now);
            (is_there, std::mem::replace(&mut state.is_spent, !is_there))
        };
        if !is_there && !was_spent {
            warn!("too many calls fail: the retry budget is spent, and calls end with their first failure");
        }
        is_there
    }

    /// Retries that may be made now; `None` where there is no budget.
    pub(crate) fn left(&self) -> Option<u32> {
        let now = self.clock.now().monotonic;
        self.state.as_ref().map(|state| state.lock().purse.left(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purse(percent: u32, reserve: u32) -> Purse {
        Purse::new(RetryBudget::new(percent, NonZeroU32::new(reserve).unwrap()))
    }

    fn spend_all(purse: &mut Purse, now: Duration) -> u32 {
        assert_eq!(purse.left(now), {
            let mut left = 0;
            while purse.spend(now) {
                left += 1;
            }
            left
        });
        purse.left(now)
    }

    #[test]
    fn the_reserve_can_be_spent_at_once_and_comes_back_in_a_minute() {
        let mut purse = purse(0, 10);
        assert_eq!(purse.left(Duration::ZERO), 10);
        assert_eq!(spend_all(&mut purse, Duration::ZERO), 0);
        assert_eq!(purse.left(Duration::from_secs(29)), 4);
        assert_eq!(purse.left(Duration::from_mins(1)), 10);
        assert_eq!(purse.left(Duration::from_hours(1)), 10);
    }

    #[test]
    fn five_calls_earn_one_retry() {
        let mut purse = purse(20, 10);
        spend_all(&mut purse, Duration::ZERO);
        for calls in 1..=5 {
            assert!(!purse.spend(Duration::ZERO), "after {} calls", calls - 1);
            purse.earn();
        }
        assert!(purse.spend(Duration::ZERO));
    }

    #[test]
    fn what_is_not_spent_is_not_hoarded() {
        let mut purse = purse(20, 3);
        for _ in 0..10_000 {
            purse.earn();
        }
        assert_eq!(purse.left(Duration::from_hours(5)), 3);
        spend_all(&mut purse, Duration::from_hours(5));
    }
}
