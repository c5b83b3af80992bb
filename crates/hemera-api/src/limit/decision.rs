//! One decision, from which status, `Retry-After` and every header follow.

use std::time::Duration;

use super::cost::Cost;
use super::rate::Rate;
use crate::config::Quota;

/// The limiter's decision on one request.
///
/// It holds the state of the caller's bucket, exact to the microsecond, so that what is announced of it is exact too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    rate: Rate,
    is_admitted: bool,
    /// The time until the full burst is available again, after this decision.
    full_in: Duration,
    /// What the request takes as a whole, in requests.
    whole: u32,
    /// Whether it was counted in the shared store.
    is_shared: bool,
}

impl Decision {
    /// A decision by this server's own counts. `full_in`: the time until the full burst is available again, after this
    /// decision. Never more than the whole burst takes.
    pub(super) fn new(rate: Rate, cost: Cost, is_admitted: bool, full_in: Duration) -> Self {
        let full_in = full_in.min(rate.burst_window());
        Self {
            rate,
            is_admitted,
            full_in,
            whole: cost.whole,
            is_shared: false,
        }
    }

    /// The same as a decision of the shared store.
    pub(super) fn of_store(self) -> Self {
        Self {
            is_shared: true,
            ..self
        }
    }

    /// Whether it was counted in the shared store.
    pub(super) fn is_of_store(&self) -> bool {
        self.is_shared
    }

    /// The rate that was counted against.
    pub(super) fn rate(&self) -> &Rate {
        &self.rate
    }

    /// The rule: a request is admitted if the burst has room for it. `full_in`: the time until the full burst would be
    /// available without this request.
    pub(super) fn by_rule(rate: Rate, cost: Cost, full_in: Duration) -> Self {
        let full_in = full_in.min(rate.burst_window());
        let taken = full_in + rate.interval() * cost.taken;
        if taken > rate.burst_window() {
            let kept = full_in.saturating_sub(cost.given_back);
            Self::new(rate, cost, false, kept)
        } else {
            Self::new(rate, cost, true, taken)
        }
    }

    /// A decision on a quota that is counted nowhere.
    #[cfg(test)]
    pub(crate) fn of(quota: Quota, window: Duration, full_in: Duration) -> Self {
        Self::by_rule(Rate { quota, window }, Cost::ONE, full_in)
    }

    pub(crate) fn is_admitted(&self) -> bool {
        self.is_admitted
    }

    /// If it was refused, the time until the whole request would be admitted.
    pub(crate) fn retry_in(&self) -> Option<Duration> {
        let needed = self.rate.interval() * self.whole;
        (!self.is_admitted).then(|| needed.saturating_sub(self.free()))
    }

    /// How many requests more would be admitted now, if sent without a pause.
    pub(crate) fn remaining(&self) -> u32 {
        let remaining = self.free().as_nanos() / self.rate.interval().as_nanos();
        // Never more than the burst, which is a u32.
        u32::try_from(remaining).unwrap_or(u32::MAX)
    }

    /// The effective window: until it has passed, no more than the remaining requests are admitted, and when it has, one
    /// more is. Longer than zero, and no longer than one request takes to be forgotten.
    pub(crate) fn next_in(&self) -> Duration {
        (self.rate.interval() * (self.remaining() + 1)).saturating_sub(self.free())
    }

    /// The time until the full burst is available again.
    pub(crate) fn full_in(&self) -> Duration {
        self.full_in
    }

    /// The quota that was counted against.
    pub(crate) fn quota(&self) -> Quota {
        self.rate.quota
    }

    /// The window of the quota's rate.
    pub(crate) fn window(&self) -> Duration {
        self.rate.window
    }

    /// The time from an empty burst to a full one.
    pub(crate) fn burst_window(&self) -> Duration {
        self.rate.burst_window()
    }

    /// The part of the burst that is available, in time.
    fn free(&self) -> Duration {
        self.rate.burst_window().saturating_sub(self.full_in)
    }
}
