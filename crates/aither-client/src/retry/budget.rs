//! The retry budget: when a server fails, retries must not multiply its load.

use std::num::NonZeroU32;
use std::sync::Arc;

use freshness::Clock;
use parking_lot::Mutex;
use tracing::warn;

use super::token_bucket::TokenBucket;

/// How many attempts may be retries, for a client and all its clones together.
///
/// In any period: `reserve`, plus `reserve` for each minute, plus `percent` of the calls made. When the budget is used up,
/// a call that would be retried ends with the error of its last attempt. A retry after a 429 takes nothing from the
/// budget: the pacing gate spaces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryBudget {
    percent: u32,
    reserve: NonZeroU32,
}

impl RetryBudget {
    /// `percent` retries for each hundred calls, in addition to a reserve of `reserve` that refills within a minute.
    pub const fn new(percent: u32, reserve: NonZeroU32) -> Self {
        Self { percent, reserve }
    }
}

/// One retry for five calls, in addition to a reserve of ten that refills within a minute.
impl Default for RetryBudget {
    fn default() -> Self {
        const RESERVE: NonZeroU32 = NonZeroU32::new(10).unwrap();
        Self::new(20, RESERVE)
    }
}

/// The retry budget that the clones of a client share.
#[derive(Debug)]
pub(crate) struct Retries {
    /// `None`: no budget, each call retries as often as it may.
    state: Option<Mutex<State>>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct State {
    bucket: TokenBucket,
    is_used_up: bool,
}

impl Retries {
    pub(crate) fn new(budget: Option<RetryBudget>, clock: Arc<dyn Clock>) -> Self {
        let state = budget.map(|budget| {
            Mutex::new(State {
                bucket: TokenBucket::new(budget.percent, budget.reserve),
                is_used_up: false,
            })
        });
        Self { state, clock }
    }

    /// Notes that a call begins.
    pub(crate) fn deposit(&self) {
        if let Some(state) = &self.state {
            state.lock().bucket.deposit();
        }
    }

    /// Takes one retry, if there is one.
    pub(crate) fn withdraw(&self) -> bool {
        let Some(state) = &self.state else {
            return true;
        };
        let now = self.clock.now().monotonic;
        let (is_available, was_used_up) = {
            let mut state = state.lock();
            let is_available = state.bucket.withdraw(now);
            (
                is_available,
                std::mem::replace(&mut state.is_used_up, !is_available),
            )
        };
        if !is_available && !was_used_up {
            warn!("too many calls fail: the retry budget is spent, and calls end with their first failure");
        }
        is_available
    }

    /// Retries that may be made now; `None` without a budget.
    pub(crate) fn available(&self) -> Option<u32> {
        let now = self.clock.now().monotonic;
        let state = self.state.as_ref()?;
        let available = state.lock().bucket.available(now);
        Some(available)
    }
}
