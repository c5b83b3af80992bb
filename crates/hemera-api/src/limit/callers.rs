//! Callers with the same quota, each counted on its own in this server's memory.
//!
//! `governor` counts the failed authentications, but not these: it says how many requests remain, and not when the next
//! one comes back, which the `RateLimit` header has to say. The rule is the one of the shared store's script.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use dashmap::DashMap;
use governor::clock::Clock as _;
use permissions::Role;

use super::clock::LimitClock;
use super::cost::Cost;
use super::decision::Decision;
use super::rate::Rate;

/// One caller in one role: a caller whose role changes starts with a full burst.
pub(super) type CallerKey = (Role, Arc<str>);

pub(super) struct Callers {
    rate: Rate,
    /// When each caller's full burst is available again, by the monotonic clock.
    full_at: DashMap<CallerKey, Duration>,
    clock: LimitClock,
}

impl Callers {
    pub(super) fn new(rate: Rate, clock: LimitClock) -> Self {
        let full_at = DashMap::new();
        Self { rate, full_at, clock }
    }

    /// Counts one request, and returns whether it is admitted.
    pub(super) fn check(&self, key: &CallerKey) -> Decision {
        self.take(key, Cost::ONE)
    }

    /// Counts a request, or the rest of one, and returns whether it is admitted.
    pub(super) fn take(&self, key: &CallerKey, cost: Cost) -> Decision {
        // Read while the caller is held, so that no two requests of a caller see time in another order.
        let mut full_at = self.full_at.entry(key.clone()).or_default();
        let now = self.clock.now();
        let decision = Decision::by_rule(self.rate, cost, full_at.saturating_sub(now));
        *full_at = now + decision.full_in();
        decision
    }

    /// Counts what was admitted elsewhere, one by one: a count that is full already stays full.
    pub(super) fn charge(&self, key: &CallerKey, requests: u32) {
        for _ in 0..requests {
            if !self.check(key).is_admitted() {
                break;
            }
        }
    }

    /// The monotonic time by which requests are counted.
    pub(super) fn now(&self) -> Duration {
        self.clock.now()
    }

    /// The rate that is counted against.
    pub(super) fn rate(&self) -> &Rate {
        &self.rate
    }

    /// Forgets the callers whose full burst is available again.
    pub(super) fn sweep(&self) {
        let now = self.clock.now();
        self.full_at.retain(|_, full_at| *full_at > now);
    }
}

impl fmt::Debug for Callers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callers")
            .field("rate", &self.rate)
            .field("known", &self.full_at.len())
            .finish_non_exhaustive()
    }
}
